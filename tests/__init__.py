"""The tests. Each folder says in its ``__init__.py`` which rooms of the package it covers."""
