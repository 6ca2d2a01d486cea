"""What `manage.py inspect_token` asks about a token, and what it answers.

Belongs here: reading a token that may be hostile, and the questions of the gate put one by one, in
words. Imports the gate, tokens and views; writes nothing.
"""
