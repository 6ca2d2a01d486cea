"""What projects derive from the stock user."""

from django.contrib.auth.models import User
from django.db import models


class Colleague(User):
    """A proxy."""

    class Meta:
        proxy = True


class Club(models.Model):
    """What members go with when it is deleted."""


class Member(User):
    """A multi-table child."""

    number = models.IntegerField(default=0)
    club = models.ForeignKey(Club, models.CASCADE, null=True)
