"""Measurements of what a killed worker of each queue engine loses: ``make crash``."""
