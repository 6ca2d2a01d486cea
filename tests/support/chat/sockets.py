"""Sockets that stay open, and the receivers that close them."""

closed = []


def close_sockets_of_session(sender, user_id, sid, reason, **kwargs):
    closed.append(["session", user_id, sid, reason])


def close_sockets_of_users(sender, scope, user_ids, reason, **kwargs):
    closed.append([scope, user_ids, reason])
