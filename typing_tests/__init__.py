"""What the types of the public API promise. mypy checks these files; nothing runs them."""
