"""What projects derive from the stock user."""

from django.contrib.auth.models import User
from django.db import models


class Colleague(User):
    """A proxy."""

    class Meta:
        proxy = True


class Member(User):
    """A multi-table child."""

    number = models.IntegerField(default=0)
