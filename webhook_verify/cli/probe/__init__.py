"""``webhook-verify probe``: deliveries sent to any receiver, and checks of its responses.

From the bottom: ``raw_http`` writes bytes to a socket, ``endpoint`` builds requests, ``sender`` signs them,
``signatures`` forges signatures, ``check`` defines a check, ``checks_genuine``, ``checks_forged``,
``checks_malformed``, ``checks_transport``, ``checks_duplicates`` and ``checks_responses`` contain them,
``checks`` is the whole table, ``runner`` runs it and ``report`` prints the results.
"""

from __future__ import annotations

__all__: list[str] = []
