"""Verification of a valid delivery: ours, other libraries, and the hmac baseline.

Bodies are JSON events of 200 B, 1 kB, 40 kB and 350 kB, in ASCII and with a few percent of other characters.
The other libraries decode the body and encode it again, and the cost depends on its characters. Each
contender gets the headers in its fastest form. Ours also gets ten headers as from a framework. Contenders:

- ours: ``Verifier(secret).verify(body, headers)``.
- svix, standardwebhooks: ``Webhook(secret).verify(body, headers)``, without parsing the JSON.
- stripe: ``WebhookSignature.verify_header(body, header, secret, 300)``. It has one header with the timestamp
  and the signature, and no id. It gets bytes and decodes them.

The hmac baseline is the cost of a check with Python's module hmac: the MAC over ``id.timestamp.body`` with a
prepared key and prefix, the decoding of the signature, and the comparison. It does not read headers, check
the timestamp or create a result. There are three variants: ``hmac.digest`` over the joined content,
``hmac.new`` with updates, and a copy of a keyed hmac object with updates. Up to 1 kB the baseline is
``hmac.digest``. From 40 kB on it is the fastest of the three, because joining copies the body.

At 350 kB of kind utf-8, the figures of the other libraries differ by more than a factor of two between runs:
glibc may or may not return their strings of 1.4 MB to the system after each call, depending on earlier
allocations. Within a run, the figures are stable.
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
from benchmarks._measure import Call, Series, Target, interleaved
from webhook_verify import Verifier

SIZES = (200, 1_000, 40_000, 350_000)
ROUNDS = 250

OURS = "ours"
SVIX = "svix"
ONE_SHOT = "baseline: hmac.digest, joined"
FLOORS = (ONE_SHOT, "baseline: hmac.new, updates", "baseline: keyed hmac copied")

# By size: the maximum of ours / baseline, and the minimum of svix / ours.
_BARS: dict[int, tuple[float | None, float | None]] = {
    200: (1.35, 2.2),
    40_000: (1.06, None),
    350_000: (1.04, 1.8),
}


def run(console: Console) -> list[Target]:
    """Measure, print a table for each kind of body, and return the targets."""
    targets: list[Target] = []
    for kind in KINDS:
        measured = {size: interleaved(_contenders(event(size, kind)), rounds=ROUNDS) for size in SIZES}
        console.print(_table(kind, measured))
        for size, series in measured.items():
            targets += _targets(kind, size, series)
    return targets


def baseline_of(size: int, series: Series) -> str:
    """Return the variant that is the baseline at this size."""
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
        **_baselines(delivery),
    }


def _baselines(delivery: Signed) -> dict[str, Call]:
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
    title = f"verify, {kind} bodies: microseconds per call (times the hmac baseline)"
    table = Table("contender", title=title, title_justify="left")
    for size in measured:
        table.add_column(f"{size:,} B", justify="right")
    for name in next(iter(measured.values())).rounds:
        table.add_row(name, *(_cell(name, size, series) for size, series in measured.items()))
    return table


def _cell(name: str, size: int, series: Series) -> str:
    baseline = baseline_of(size, series)
    mark = " <- baseline" if name == baseline else f" ({series.ratio(name, baseline):5.2f})"
    return f"{series.median(name) / 1000:,.2f}{mark:9}"


def _targets(kind: str, size: int, series: Series) -> list[Target]:
    most, least = _BARS.get(size, (None, None))
    targets: list[Target] = []
    if most is not None:
        figure = series.ratio(OURS, baseline_of(size, series))
        targets.append(Target(f"{size:,} B {kind}: ours / hmac baseline", figure, "<=", most))
    if least is not None:
        targets.append(Target(f"{size:,} B {kind}: svix / ours", series.ratio(SVIX, OURS), ">=", least))
    return targets
