"""What ``manage.py token_report`` says, one question a file."""
