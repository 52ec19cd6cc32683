"""A unit of work whose commit fails at random, in every place where a framework commits it.

The applications are those of `tests.adapters.commits`. A provider retries until each message gets a 2xx, and
then delivers it again. Guarantees: every message is committed exactly once, and is not reported as a
duplicate before.
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
"""The share of attempts with a failing commit."""
_SECONDS_TO_ANSWER = 60


class Target(NamedTuple):
    """A running application, and the number of its commits per message."""

    url: str
    committed: Callable[[str], int]


class Sent(NamedTuple):
    """The result of a message: the statuses, and whether it was reported as a duplicate."""

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
"""By group: the number of applications, and a function that serves them one after the other."""


def commit_faults(group: str, messages: int, seed: int) -> Verdict:
    """Send messages to the applications of a group, and check the results."""
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
        connection.close()  # the next request opens it again
        return 0, b""


def _judge(sent: list[Sent], committed: Counter[str], seconds: float) -> Verdict:
    """A message is only reported as a duplicate after its claim was completed."""
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
