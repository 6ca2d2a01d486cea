"""Independent reasons why a token may be dead."""
