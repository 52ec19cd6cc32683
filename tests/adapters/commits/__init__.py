"""Shapes of applications that commit a handler's work at different places, for the tests of settling."""
