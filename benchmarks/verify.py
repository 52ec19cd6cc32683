"""Verifying a genuine delivery: ours, the peers, and the floor under both.

Bodies are JSON events of 200 B, 1 kB, 40 kB and 350 kB, once in pure ASCII and once with a few
percent of other characters: the peers decode the body and encode it again, and what that costs
depends on its characters. Each contender gets the headers in the form that it likes best; ours
also gets ten headers as frameworks hand them over. Who does what:

- ours: ``Verifier(secret).verify(body, headers)``.
- svix, standardwebhooks: ``Webhook(secret).verify(body, headers)``, without parsing the JSON.
- stripe: ``WebhookSignature.verify_header(body, header, secret, 300)``. One header with the time
  and the signature in it, no id. It is given bytes, which it decodes itself.

The floor is what no Python verifier can do without: the MAC over ``id.timestamp.body``, from a key
and a head that are there already, the decoding of the signature, and the comparison. It reads no
header, checks no time and makes nothing of the result. Three ways lead there: ``hmac.digest`` over
the joined content, ``hmac.new`` and updates, a copy of a keyed hmac object and updates. Up to 1 kB
the floor is the first, the one-shot call; from 40 kB on it is the cheapest of the three, since
there joining, which copies the body, counts.

At 350 kB of kind utf-8 the peers differ from run to run, by more than a factor of two: whether glibc
gives their strings of 1.4 MB back to the system after each call, and must fetch them again, depends
on what the process did before. Within a run the figure holds.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from binascii import a2b_base64
from functools import partial
from hmac import compare_digest

import standardwebhooks
import stripe
import svix.webhooks
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import KINDS, SECRET, Signed, event, signed
from benchmarks._measure import Bar, Call, Series, interleaved
from webhook_verify import Verifier

SIZES = (200, 1_000, 40_000, 350_000)
ROUNDS = 250

OURS = "ours"
SVIX = "svix"
ONE_SHOT = "floor: hmac.digest, joined"
FLOORS = (ONE_SHOT, "floor: hmac.new, updates", "floor: keyed hmac copied")

# Size: the most that ours may cost in floors, the least that svix must cost in ours.
_BARS: dict[int, tuple[float | None, float | None]] = {
    200: (1.35, 2.2),
    40_000: (1.06, None),
    350_000: (1.04, 1.8),
}


def run(console: Console) -> list[Bar]:
    """Measure, print a table for each kind of body, and give back the bars."""
    bars: list[Bar] = []
    for kind in KINDS:
        measured = {size: interleaved(_contenders(event(size, kind)), rounds=ROUNDS) for size in SIZES}
        console.print(_table(kind, measured))
        for size, series in measured.items():
            bars += _bars(kind, size, series)
    return bars


def floor_of(size: int, series: Series) -> str:
    """Which of the three floors counts at this size."""
    return ONE_SHOT if size <= 1_000 else min(FLOORS, key=series.median)


def _contenders(body: bytes) -> dict[str, Call]:
    delivery = signed(body)
    verify = Verifier(SECRET).verify
    return {
        OURS: partial(verify, body, delivery.webhook),
        "ours, dict of 10, Title-Case": partial(verify, body, delivery.framework),
        "ours, ASGI list of 10": partial(verify, body, delivery.asgi),
        SVIX: partial(svix.webhooks.Webhook(SECRET).verify, body, delivery.svix),
        "standardwebhooks": partial(
            standardwebhooks.Webhook(SECRET).verify, body, delivery.webhook, json_parse=False
        ),
        "stripe": partial(stripe.WebhookSignature.verify_header, body, delivery.stripe, SECRET, 300),
        **_floors(delivery),
    }


def _floors(delivery: Signed) -> dict[str, Call]:
    key = b64decode(SECRET.removeprefix("whsec_"))
    rest = (delivery.head, delivery.body, delivery.signature)
    return {
        FLOORS[0]: partial(_one_shot, key, *rest),
        FLOORS[1]: partial(_updates, key, *rest),
        FLOORS[2]: partial(_copied, hmac.new(key, digestmod="sha256"), *rest),
    }


def _one_shot(key: bytes, head: bytes, body: bytes, signature: str) -> bool:
    return compare_digest(hmac.digest(key, head + body, "sha256"), a2b_base64(signature))


def _updates(key: bytes, head: bytes, body: bytes, signature: str) -> bool:
    mac = hmac.new(key, head, "sha256")
    mac.update(body)
    return compare_digest(mac.digest(), a2b_base64(signature))


def _copied(keyed: hmac.HMAC, head: bytes, body: bytes, signature: str) -> bool:
    mac = keyed.copy()
    mac.update(head)
    mac.update(body)
    return compare_digest(mac.digest(), a2b_base64(signature))


def _table(kind: str, measured: dict[int, Series]) -> Table:
    title = f"verify, {kind} bodies: microseconds a call (times the floor)"
    table = Table("contender", title=title, title_justify="left")
    for size in measured:
        table.add_column(f"{size:,} B", justify="right")
    for name in next(iter(measured.values())).rounds:
        table.add_row(name, *(_cell(name, size, series) for size, series in measured.items()))
    return table


def _cell(name: str, size: int, series: Series) -> str:
    floor = floor_of(size, series)
    mark = " <- floor" if name == floor else f" ({series.ratio(name, floor):5.2f})"
    return f"{series.median(name) / 1000:,.2f}{mark:9}"


def _bars(kind: str, size: int, series: Series) -> list[Bar]:
    most, least = _BARS.get(size, (None, None))
    bars: list[Bar] = []
    if most is not None:
        figure = series.ratio(OURS, floor_of(size, series))
        bars.append(Bar(f"{size:,} B {kind}: ours / floor", figure, "<=", most))
    if least is not None:
        bars.append(Bar(f"{size:,} B {kind}: svix / ours", series.ratio(SVIX, OURS), ">=", least))
    return bars
