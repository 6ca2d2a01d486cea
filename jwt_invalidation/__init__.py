"""Take back JSON Web Tokens the moment a password changes or an account is closed."""

__version__ = "0.1.0"
