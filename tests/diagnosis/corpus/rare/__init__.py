"""Rare failures."""
