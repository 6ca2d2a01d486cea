"""Maintenance: what runs now and then over many rows, from cron.

Belongs here: generators that work in batches and yield their progress, one a file. Imports
reconciliation, sessions and state. Commands draw what they yield.
"""
