"""Failures that are generated, over schemes and bodies."""
