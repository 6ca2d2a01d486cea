"""Maintenance: work over all rows, run by management commands or cron.

Belongs here: one generator a file, which works in batches and yields its progress. Imports
reconciliation and state. The commands print the progress.
"""
