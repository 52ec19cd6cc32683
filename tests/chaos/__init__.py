"""The laws of replay protection under faults: workers that are killed, stores that go away, and an attack.

``python -m tests.chaos`` (``make chaos``) plays both at full size, ``test_chaos`` a short round of each.

:mod:`tests.chaos.workers` runs four worker processes that share a store, each of which notes what it does
in one :mod:`tests.chaos.ledger`. :mod:`tests.chaos.provider` delivers as a provider does, while
:mod:`tests.chaos.faults` kills workers and takes the store away. Then :mod:`tests.chaos.invariants` reads the
ledger, and what the store itself has on disk, and says which law was broken.
"""
