"""The typed events, their router, and their pages."""
