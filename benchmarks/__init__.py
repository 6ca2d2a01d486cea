"""What the app costs, beside what others cost: ``python -m benchmarks`` prints it."""
