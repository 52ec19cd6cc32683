"""Tests of the adapters; `tests.adapters.helpers` contains their shared code."""
