"""Tests of the key stores: one law, each kind, real servers."""
