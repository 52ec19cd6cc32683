"""Tests of the Emporix client."""
