"""The site of the tests, and its variants."""
