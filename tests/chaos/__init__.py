"""The guarantees of replay protection under faults: killed workers, unavailable stores, and an attack.

`tests.chaos.inbox` tests those of the inbox.

``python -m tests.chaos`` (``make chaos``) is the full run, and ``test_chaos`` a short one.

`tests.chaos.workers` runs four worker processes that share a store and record their steps in a
`tests.chaos.ledger`. `tests.chaos.provider` delivers like a provider, while `tests.chaos.faults` kills
workers and stops the store. Then `tests.chaos.invariants` reads the ledger and the records of the store, and
reports violated guarantees.
"""
