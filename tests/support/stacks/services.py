"""Holds nothing of simplejwt's that ours replaces."""

from rest_framework_simplejwt.tokens import Token


def answer(token: Token):
    return {"token": str(token)}
