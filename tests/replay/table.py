"""The table of stores: every one of them passes the same suite.

A name begins with what its server is called, up to the first dash (``postgres-asyncpg``): the tests of
stores that share a server run in one worker, which starts it once.
"""

from __future__ import annotations

from tests.replay.parts import Opener

__all__ = ["STORES"]

STORES: dict[str, Opener] = {}
