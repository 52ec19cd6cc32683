"""Comparison with other libraries: ``python -m benchmarks`` (``make bench``).

Each section is a module. Its docstring describes the measurement, and it prints its tables and returns the
results with their targets. `benchmarks._measure` contains the shared method.
"""
