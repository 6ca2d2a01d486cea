from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's hasher with a work factor that tests can wait for, and raise."""

    iterations = 1_000
