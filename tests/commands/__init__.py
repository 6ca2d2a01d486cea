"""The management commands, as an operator runs them.

Covers management, report, inspection, maintenance.
"""
