"""Mutation testing of the core: `make mutants`.

A mutant is the package with one small change. It is killed if a test fails or exceeds its time limit, and
it survives otherwise. `argued.toml` lists the survivors that no test can or should kill, with the reason.

The changes are those of mutmut, plus the ones in `changes.py` that mutmut lacks (negated conditions,
`return None`, deleted statements, texts in f-strings). mutmut's own runner does not fit this package: it
passes the covering tests to pytest by name, and collecting some 8,000 of them for each of some 2,000
mutants takes hours; it also copies the package, which the tests of the installed package do not read.
cosmic-ray starts a process and runs the whole suite for each mutant. This runner collects the tests once
and forks for each mutant. See `running.py`.

Mutations of these are left out, because they cannot change behavior or because their wording is free:
docstrings, annotations, type aliases, `if TYPE_CHECKING` blocks, imports, `__all__`, the type argument of
`cast`, and prose (texts of errors and log lines, recognized by two words with a space between them, and
the values that are formatted into them).
"""
