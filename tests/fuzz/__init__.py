"""Hostile deliveries, created from signed ones: ``python -m tests.fuzz``.

``genuine`` signs the initial deliveries. ``bodies``, ``forgeries`` and ``benign_mutations`` are the tables of
changes, and ``header_containers`` that of the containers of headers. ``oracle`` checks the guarantees of the
verifier, and ``run`` counts the results. ``providers`` does the same for every scheme with a sample, with the
tables in ``provider_mutations`` and ``json_bodies``.

``differential`` compares the library with the independent HMAC verifier in ``reference``, whose rows of the
providers are in ``reference_rows``. It runs with ``python -m tests.fuzz --differential``.
"""
