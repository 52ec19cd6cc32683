"""The migrations of the inbox."""
