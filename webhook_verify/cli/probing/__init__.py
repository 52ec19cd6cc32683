"""What ``webhook-verify probe`` sends to somebody's receiver, and how it grades the answers.

From the bottom: ``wire`` puts bytes on a socket, ``endpoint`` writes requests, ``sender`` signs them,
``signatures`` forges them, ``grade`` is what a row is, ``genuine``, ``forged``, ``malformed``, ``bodies``,
``repeated`` and ``answers`` hold the rows, ``grades`` is the whole table, ``run`` goes through it and
``report`` prints what came.
"""

from __future__ import annotations

__all__: list[str] = []
