"""Tests of the management clients."""
