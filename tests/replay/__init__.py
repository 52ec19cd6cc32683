"""Tests of replay protection: the same conformance tests for every store.

`tests.replay.stores` is the table of stores, and `tests.replay.helpers` its infrastructure. The tests get
each store from the fixture ``subject``: ``test_store_contract`` tests the contract of
`webhook_verify.replay.store` rule by rule, ``test_model`` searches for violations with hypothesis, and
``test_concurrency`` claims from many threads at the same time.
"""
