"""Tests of the Lithic client."""
