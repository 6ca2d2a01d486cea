"""The ``WWW-Authenticate`` header of RFC 6750, section 3, and of RFC 9470."""


def challenge(scheme: str, *, with_token: bool) -> str:
    """Return ``scheme`` and realm, and the error code of section 3.1 if a token was refused."""
    if not with_token:
        return scheme
    return f'{scheme}, error="invalid_token", error_description="The token is not accepted"'


def step_up_challenge(scheme: str, *, max_age: int) -> str:
    """Ask for a login of the last ``max_age`` seconds (RFC 9470, section 3)."""
    return (
        f'{scheme}, error="insufficient_user_authentication",'
        f' error_description="A more recent login is required", max_age={max_age}'
    )
