"""Hostile deliveries, made from real signed ones: ``python -m tests.fuzz``.

``genuine`` signs the deliveries to start from, ``bodies`` and ``headers`` are the tables of what an
attacker changes in them, ``shapes`` the table of how a framework (or a mistake) hands headers over,
``judge`` says whether the verifier did what its law promises, and ``run`` counts. ``providers`` does the same
for every scheme that has a sample, ``provider_touches`` and ``json_bodies`` are its tables.

``differential`` compares the library with an HMAC verifier of its own, which is in ``reference``; its rows of
the providers are in ``reference_rows``. It runs with ``python -m tests.fuzz --differential``.
"""
