"""The app that docs/signals.rst shows."""

from django.apps import AppConfig

from jwt_invalidation.signals import session_ended, tokens_revoked


class ChatConfig(AppConfig):
    name = "tests.support.chat"

    def ready(self):
        from . import sockets

        session_ended.connect(sockets.close_sockets_of_session)
        tokens_revoked.connect(sockets.close_sockets_of_users)
