"""Tests of the single schemes: what a provider signs, and what it leaves unsigned."""
