"""Rejected deliveries with known causes, against which the diagnosis is measured."""
