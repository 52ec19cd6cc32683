"""The guarantees of the inbox under faults: workers killed at five places, and restarted databases.

Each of the four worker processes receives deliveries and processes entries. `tests.chaos.inbox.kills` kills
them, `tests.chaos.inbox.scenario` is a run, and `tests.chaos.inbox.judgement` reads the database at its end.
"""
