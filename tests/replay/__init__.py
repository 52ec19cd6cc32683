"""Tests of replay protection: one conformance suite, every store.

:mod:`tests.replay.stores` is the table of stores, :mod:`tests.replay.helpers` what stands behind it. The
suite takes each store from the fixture ``subject``: ``test_rules`` states the law of
:mod:`webhook_verify.replay.store` rule by rule, ``test_model`` lets hypothesis look for what breaks it,
``test_storm`` claims from many threads at once.
"""
