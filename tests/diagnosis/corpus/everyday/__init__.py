"""Everyday failures."""
