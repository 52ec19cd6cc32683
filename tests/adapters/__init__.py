"""Tests of the adapters; :mod:`tests.adapters.parts` holds what several of them share."""
