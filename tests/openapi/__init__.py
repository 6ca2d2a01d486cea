"""The schema, and whether the answers are as it says.

Covers openapi.
"""
