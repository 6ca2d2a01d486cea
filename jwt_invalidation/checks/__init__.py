"""System checks: what conf believes, they doubt."""


def register_all() -> None:
    """Register every check."""
