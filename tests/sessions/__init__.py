"""Logins on devices: start, rotation, replay, limits, logout and the endpoints.

Covers sessions, strategies.session, views.sessions. How sessions end is tested in races and admin too.
"""
