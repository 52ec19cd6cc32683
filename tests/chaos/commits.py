"""A unit of work whose commit fails at random, in every place where a framework commits it.

The shapes are those of :mod:`tests.adapters.commits`. A provider comes back until each message is answered
2xx, and then once more. The laws: every message is committed, none twice, and none was called handled before
while it was not committed.
"""

from __future__ import annotations

import http.client
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.adapters.commits import asgi_shapes, wsgi_shapes
from tests.adapters.commits.database import FAIL, HANDLED_BEFORE, IN_FLIGHT, PATH, Database
from tests.adapters.commits.hook_shapes import ASGI_HOOK_SHAPES, WSGI_HOOK_SHAPES
from tests.adapters.commits.servers import (
    DJANGO_PATHS,
    committed_in_django,
    django_project,
    served_wsgi,
)
from tests.adapters.helpers import served
from tests.chaos.invariants import Verdict
from tests.signing import SECRET
from webhook_verify import Signer

__all__ = ["GROUPS", "commit_faults"]

WSGI_SHAPES = wsgi_shapes.WSGI_SHAPES | WSGI_HOOK_SHAPES
ASGI_SHAPES = asgi_shapes.ASGI_SHAPES | ASGI_HOOK_SHAPES

_SENDERS = 6
_MAX_ATTEMPTS = 60
_FAILING = 0.4
"""How many of the attempts have a commit that fails."""
_SECONDS_TO_ANSWER = 60


class Target(NamedTuple):
    """A served shape, and how often it has committed a message."""

    url: str
    committed: Callable[[str], int]


class Sent(NamedTuple):
    """What became of one message: the statuses, and whether it was called handled before."""

    message_id: str
    statuses: list[int]
    is_called_handled: bool


def _wsgi() -> Iterator[Target]:
    for shape in WSGI_SHAPES.values():
        database = Database()
        with served_wsgi(shape(database)) as url:
            yield Target(url + PATH, database.rows.__getitem__)


def _asgi() -> Iterator[Target]:
    for shape in ASGI_SHAPES.values():
        database = Database()
        with served(shape(database)) as url:
            yield Target(url + PATH, database.rows.__getitem__)


def _django(server: str, *, settling: bool = False) -> Iterator[Target]:
    for middleware, paths in DJANGO_PATHS.items():
        with (
            tempfile.TemporaryDirectory() as scratch,
            django_project(server, Path(scratch), middleware, settling=settling) as url,
        ):
            for path in paths.values():
                yield Target(f"{url}/{path}", partial(committed_in_django, url))


GROUPS: dict[str, tuple[int, Callable[[], Iterator[Target]]]] = {
    "WSGI": (len(WSGI_SHAPES), _wsgi),
    "ASGI": (len(ASGI_SHAPES), _asgi),
    "Django, gunicorn": (sum(map(len, DJANGO_PATHS.values())), partial(_django, "gunicorn")),
    "Django, uvicorn": (sum(map(len, DJANGO_PATHS.values())), partial(_django, "uvicorn")),
    "Django, settling": (sum(map(len, DJANGO_PATHS.values())), partial(_django, "gunicorn", settling=True)),
}
"""By name, how many shapes it has, and a function that serves them one after the other."""


def commit_faults(group: str, messages: int, seed: int) -> Verdict:
    """Send so many messages to the shapes of a group, and judge what became of them."""
    started, generator = time.monotonic(), random.Random(f"{seed} {group}")
    shapes, targets = GROUPS[group]
    sent: list[Sent] = []
    committed: Counter[str] = Counter()
    for number, target in enumerate(targets()):
        count = messages * (number + 1) // shapes - messages * number // shapes
        plans = [(f"msg_{number}_{each}", generator.random()) for each in range(count)]
        with ThreadPoolExecutor(_SENDERS) as senders:
            of_shape = list(senders.map(partial(_deliver, target.url), plans))
        sent += of_shape
        committed.update({one.message_id: target.committed(one.message_id) for one in of_shape})
    return _judge(sent, committed, time.monotonic() - started)


def _deliver(url: str, plan: tuple[str, float]) -> Sent:
    message_id, seed = plan
    generator = random.Random(seed)
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_SECONDS_TO_ANSWER)
    statuses: list[int] = []
    with closing(connection):
        while len(statuses) < _MAX_ATTEMPTS:
            status, body = _attempt(connection, url, message_id, fails=generator.random() < _FAILING)
            statuses.append(status)
            if body == HANDLED_BEFORE:
                return Sent(message_id, statuses, is_called_handled=True)
            if body == IN_FLIGHT:
                time.sleep(0.05)
    return Sent(message_id, statuses, is_called_handled=False)


def _attempt(
    connection: http.client.HTTPConnection, url: str, message_id: str, *, fails: bool
) -> tuple[int, bytes]:
    headers = Signer(SECRET).sign(b"{}", id=message_id) | ({FAIL: "fail"} if fails else {})
    try:
        connection.request("POST", urlsplit(url).path, b"{}", headers)
        response = connection.getresponse()
        return response.status, response.read()
    except (http.client.HTTPException, OSError):
        connection.close()  # it is opened again by the next request
        return 0, b""


def _judge(sent: list[Sent], committed: Counter[str], seconds: float) -> Verdict:
    """A message is called handled before only after its claim was completed."""
    laws = {
        "messages never handled": sum(committed[one.message_id] == 0 for one in sent),
        "messages committed more than once": sum(committed[one.message_id] > 1 for one in sent),
        "completed without a commit": sum(
            one.is_called_handled and committed[one.message_id] == 0 for one in sent
        ),
        "never completed": sum(not one.is_called_handled for one in sent),
    }
    statuses = Counter(status for one in sent for status in one.statuses)
    figures = {
        "seconds": round(seconds),
        "messages": len(sent),
        "attempts": statuses.total(),
        "500 responses to failed commits": statuses[500],
        "503 responses": statuses[503],
        "broken connections": statuses[0],
    }
    return Verdict(figures | laws, [f"{count} {law}" for law, count in laws.items() if count])
