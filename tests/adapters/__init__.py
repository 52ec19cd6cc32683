"""Tests of the adapters; :mod:`tests.adapters.helpers` holds what several of them share."""
