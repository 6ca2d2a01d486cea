"""The ``WWW-Authenticate`` header of RFC 6750, section 3."""


def challenge(scheme: str, *, with_token: bool) -> str:
    """Return ``scheme`` and realm, and the error code of section 3.1 if a token was refused."""
    if not with_token:
        return scheme
    return f'{scheme}, error="invalid_token", error_description="The token is not accepted"'
