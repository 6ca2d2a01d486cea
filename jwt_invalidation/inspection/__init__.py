"""What `manage.py inspect_token` asks about a token, and what it answers.

This room reads a token that may be hostile and answers, in words, each question that its endpoint and
the gate ask. It writes nothing. It imports the gate, tokens and views; only the command imports it.
"""
