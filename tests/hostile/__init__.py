"""Tokens, bodies and headers that no honest client sends, at every endpoint.

Covers claims, tokens, authentication, serializers, views, exceptions.
"""
