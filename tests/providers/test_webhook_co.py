"""@webhook-co/webhooks-spec, a third-party registry in TypeScript, judges the deliveries of most providers.

It is not on npm, so its verdicts are recorded: `webhook-co-verdicts.json` contains deliveries that we signed,
and whether its version 0.1.0 (commit de3aa4e) accepted them at the time `now`. It signs only Standard
Webhooks: `signed` contains two of its own deliveries. Cases of a scheme that is not registered are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.providers.interop import interop
from tests.providers.verdicts import accepts
from tests.rows import rows
from webhook_verify import Verifier, schemes
from webhook_verify.schemes import StandardWebhooks

DATA = json.loads((Path(__file__).parents[1] / "data" / "webhook-co-verdicts.json").read_text("utf-8"))
JUDGED = [case for case in DATA["judged"] if case["scheme"] in schemes.names()]

# It decodes the secrets of these from base64, or has no tolerance. Their own libraries decide otherwise.
SECRETS_AS_BASE64 = {"increase", "polar"}
WITHOUT_TOLERANCE = {
    *("airwallex", "box", "discord", "linear", "lob", "mailgun"),
    *("sanity", "sendgrid", "telnyx", "webflow"),
}


def differs(case: dict[str, Any]) -> bool:
    """Whether it decides about this case in another way, for the reasons above."""
    return (case["case"] == "genuine" and case["scheme"] in SECRETS_AS_BASE64) or (
        case["case"] == "an hour old" and case["scheme"] in WITHOUT_TOLERANCE
    )


@interop(
    *{case["scheme"] for case in JUDGED if case["case"] == "genuine" and case["accepted"]},
    by="webhooks-spec (third party, recorded)",
)
@rows("case", JUDGED, ids=lambda case: f"{case['scheme']}: {case['case']}")
def test_we_decide_as_it_does(case: dict[str, Any]) -> None:
    verifier = Verifier(case["secret"], scheme=case["scheme"], clock=lambda: DATA["now"])
    body, headers = case["body"].encode(), case["headers"]

    accepted = accepts(lambda: verifier.verify(body, headers, url=DATA["url"], method=DATA["method"]))

    assert accepted is (case["case"] == "genuine")
    assert (accepted is case["accepted"]) is not differs(case)


def test_it_judges_most_providers() -> None:
    assert len({case["scheme"] for case in JUDGED}) > 70


STANDARD = [name for name in schemes.names() if type(schemes.get(name)) is StandardWebhooks]


WITH_OTHER_KEYS = ("growthbook", "increase", "supabase")
"""Providers whose key is the text of the secret, or whose secret has another prefix."""


@rows("name", [name for name in STANDARD if name not in WITH_OTHER_KEYS])
@rows("signed", DATA["signed"], ids=["one secret", "two secrets"])
def test_we_take_what_it_signs(name: str, signed: dict[str, Any]) -> None:
    verifier = Verifier(signed["secret"], scheme=name, clock=lambda: DATA["now"])

    assert accepts(lambda: verifier.verify(signed["body"].encode(), signed["headers"]))
    assert not accepts(lambda: verifier.verify(signed["body"].encode() + b" ", signed["headers"]))
