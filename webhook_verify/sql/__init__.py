"""The common parts of the SQL stores: engines, execution of statements, and expressions of the dialects."""
