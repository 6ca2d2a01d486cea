"""Measure what the app costs, compared with others: ``python -m benchmarks``."""
