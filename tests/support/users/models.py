"""The user models that projects bring along; one of them is ``AUTH_USER_MODEL`` in a run."""

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class PeopleManager(BaseUserManager["Person"]):
    def create_user(self, name, password=None, **fields):
        user = self.model(**{self.model.USERNAME_FIELD: name}, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, name, password=None, **fields):
        return self.create_user(name, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser):
    """What the models below share, permissions granted by a flag alone."""

    is_staff = models.BooleanField(default=False)
    is_superuser = models.BooleanField(default=False)

    objects = PeopleManager()

    class Meta:
        abstract = True

    def has_perm(self, perm, obj=None):
        return self.is_superuser

    def has_module_perms(self, app_label):
        return self.is_superuser


class UUIDUser(Person):
    """A random key, known before the first save."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    username = models.CharField(max_length=150, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"


class EmailUser(Person):
    """The e-mail address is the user name, and moments are kept of every save."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    modified = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "email"

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is not None:
            update_fields = {*update_fields, "modified"}
        super().save(*args, update_fields=update_fields, **kwargs)


class EmailKeyUser(Person):
    """The e-mail address is the primary key, and there is no ``id``."""

    email = models.EmailField(primary_key=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"


class AlwaysActiveUser(Person):
    """No ``is_active`` column: AbstractBaseUser has a plain attribute."""

    username = models.CharField(max_length=150, unique=True)

    USERNAME_FIELD = "username"


class Account(Person):
    """The parent of a multi-table child, and the concrete model of a proxy."""

    username = models.CharField(max_length=150, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"


class CustomerAccount(Account):
    """A multi-table child as the user model."""

    company = models.CharField(max_length=100, default="")


class ProxyAccount(Account):
    """A proxy as the user model."""

    class Meta:
        proxy = True


class PasswordlessUser(Person):
    """No column for passwords, which this app cannot do without."""

    password = None
    username = models.CharField(max_length=150, unique=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
