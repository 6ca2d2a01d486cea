"""Users whom the sweep finds something about, and the sweep itself."""

from django.contrib.auth import get_user_model
from django.db import connection
from rest_framework_simplejwt.tokens import RefreshToken

from jwt_invalidation.maintenance.reconcile_all import sweep
from jwt_invalidation.models import TokenState
from tests.support import people
from tests.support.legacy import begin_installation

UPDATE_STATE = "UPDATE {0}jwt_invalidation_tokenstate{0}".format(connection.ops.quote_name("")[0])


def swept(batch_size=100, **options):
    """Sweep, and return the progress at the end."""
    return list(sweep(batch_size=batch_size, **options))[-1]


def stored(user):
    """Return a queryset that can change a user behind Django's back."""
    return get_user_model()._base_manager.filter(pk=user.pk)


def make_stateless(*names):
    """Make users as they were before this app was installed."""
    users = [people.make(name) for name in names]
    TokenState.objects.filter(user__in=[user.pk for user in users]).delete()
    return users


def stock_tokens(user):
    """Return a pair as simplejwt minted it before this app was installed."""
    begin_installation()
    token = RefreshToken.for_user(user)
    return {"refresh": str(token), "access": str(token.access_token)}


def rotate_secret_key(settings):
    """Use another key, the current one becoming a fallback."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the-next-key-" + "0123456789" * 4
