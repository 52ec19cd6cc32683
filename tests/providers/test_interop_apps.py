"""Witnesses of the services that applications use: their own libraries, or published toolkits."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import warnings
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.requests import Request

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_node, in_python, sdk, they_take_what_we_sign, we_take_what_they_sign
from webhook_verify import MalformedDelivery, Signer, TimestampOutsideTolerance, Verifier


@interop("box", by="boxsdk (PyPI)")
@pytest.mark.parametrize("place", ["primary", "secondary"])
def test_box(place: str) -> None:
    box = sdk("box_sdk_gen")
    sign: Any = sdk("box_sdk_gen.internal.utils").compute_webhook_signature
    unsigned = {"box-signature-version": "1", "box-signature-algorithm": "HmacSHA256"}
    secret, body = SAMPLES["box"].secret, '{"type": "webhook_event", "id": "evt_1", "name": "gr\\u00fcn"}'

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> bool:
        signature = headers["box-signature-primary"]
        moved = {**unsigned, "box-delivery-timestamp": headers["box-delivery-timestamp"]}
        moved[f"box-signature-{place}"] = signature
        keys = (secret, None) if place == "primary" else ("the other key", secret)
        taken: bool = box.WebhooksManager.validate_message(body, moved, keys[0], secondary_key=keys[1])
        return taken

    they_take_what_we_sign("box", in_python(judge))

    headers = {**unsigned, "box-delivery-timestamp": time.strftime("%Y-%m-%dT%H:%M:%S-00:00", time.gmtime())}
    headers[f"box-signature-{place}"] = sign(body, headers, secret)
    assert we_take_what_they_sign("box", body.encode(), headers).id == "evt_1"


@interop("coinbase-commerce", by="coinbase-commerce (PyPI)")
def test_coinbase_commerce() -> None:
    webhook = sdk("coinbase_commerce.webhook").WebhookSignature

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.verify_sig_header(body, headers["x-cc-webhook-signature"], secret)

    they_take_what_we_sign("coinbase-commerce", in_python(judge))


@interop("workos", by="workos (PyPI)")
def test_workos() -> None:
    verification = sdk("workos.webhooks._verification")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        signature = headers["workos-signature"]
        return verification.verify_header(event_body=body.encode(), event_signature=signature, secret=secret)

    they_take_what_we_sign("workos", in_python(judge))


@interop("line", by="line-bot-sdk (PyPI)")
def test_line() -> None:
    webhook = sdk("linebot.v3.webhook")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.SignatureValidator(secret).validate(body, headers["x-line-signature"])

    they_take_what_we_sign("line", in_python(judge))


@interop("twitch", by="twitchio (PyPI), which is not Twitch's own")
def test_twitch() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of aiohttp, about twitchio
        verify_message = sdk("twitchio.web.utils").verify_message

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return asyncio.run(verify_message(request=_request(body, headers), secret=secret))

    they_take_what_we_sign("twitch", in_python(judge))


def _request(body: str, headers: Mapping[str, str]) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body.encode()}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


# --- npm ----------------------------------------------------------------------------------------------


@pytest.mark.network
@interop("mux", by="@mux/mux-node (npm)")
def test_mux() -> None:
    script = """
        const { Mux } = require('@mux/mux-node');
        const mux = new Mux({ tokenId: 'a', tokenSecret: 'b', webhookSecret: secret });
        await mux.webhooks.verifySignature(body, headers);
    """
    they_take_what_we_sign("mux", in_node(script))


@pytest.mark.network
@interop("sanity", by="@sanity/webhook (npm)")
def test_sanity() -> None:
    script = """
        const { isValidSignature } = require('@sanity/webhook');
        return await isValidSignature(body, headers['sanity-webhook-signature'], secret);
    """
    they_take_what_we_sign("sanity", in_node(script))


@pytest.mark.network
@interop("sanity", by="@sanity/webhook (npm), which signs")
def test_what_sanity_signs() -> None:
    script = "return await require('@sanity/webhook').encodeSignatureHeader(...given)"
    body, now = '{"_id": "grün"}', 1_790_000_000
    header = node(script, [body, now * 1_000 + 999, SAMPLES["sanity"].secret])

    delivery = we_take_what_they_sign(
        "sanity", body.encode(), {"sanity-webhook-signature": header}, now=now + 300
    )
    assert delivery.timestamp.timestamp() == now


@pytest.mark.network
@interop("meta", by="whatsapp (npm), Meta's own, signing")
def test_what_the_sdk_of_whatsapp_signs() -> None:
    """Its receiver fails at any body; what it compares with, a function beside it, is right."""
    script = """
        const { generateXHub256Sig } = require(process.cwd() + '/node_modules/whatsapp/build/utils.js');
        return generateXHub256Sig(...given);
    """
    body = '{"object": "whatsapp_business_account", "text": "gr\\u00fcn, grün"}'
    signature = node(script, [body, SAMPLES["meta"].secret])

    headers = {"x-hub-signature-256": f"sha256={signature}"}
    assert we_take_what_they_sign("meta", body.encode(), headers).body == body.encode()


# A module for Nuxt, whose functions take a request of h3 and a configuration of Nuxt.
NUXT = """
    globalThis.runtimeConfig = { webhook: { PLACE: { KEY: secret } } };
    if (!globalThis.resolving) {
        const config = `export const useRuntimeConfig = () => globalThis.runtimeConfig`;
        const found = { url: 'data:text/javascript,' + encodeURIComponent(config), shortCircuit: true };
        const hook = `const found = ${JSON.stringify(found)};
            export const resolve = (name, at, next) => name === '#imports' ? found : next(name, at)`;
        require('node:module').register('data:text/javascript,' + encodeURIComponent(hook));
        globalThis.resolving = true;
    }
    const at = 'node_modules/nuxt-webhook-validators/dist/runtime/server/lib/validators/PLACE.js';
    const { FUNCTION } = await import(process.cwd() + '/' + at);
    const req = { method: 'POST', headers, clone: () => ({ text: async () => body }) };
    return await FUNCTION({ req, node: { req }, method: 'POST', headers: new Headers(headers) });
"""
NUXT_HAS = [
    ("dropbox", "appSecret", "isValidDropboxWebhook"),
    ("docusign", "secretKey", "isValidDocusignWebhook"),
    ("twitch", "secretKey", "isValidTwitchWebhook"),
    ("vercel", "secretKey", "isValidVercelWebhook"),
]


@pytest.mark.network
@interop(
    "dropbox",
    "docusign",
    "twitch",
    "vercel",
    by="nuxt-webhook-validators (npm), which is not the provider's own",
)
@pytest.mark.parametrize(("name", "key", "function"), NUXT_HAS, ids=[name for name, _, _ in NUXT_HAS])
def test_nuxt_webhook_validators(name: str, key: str, function: str) -> None:
    script = NUXT.replace("PLACE", name).replace("KEY", key).replace("FUNCTION", function)
    they_take_what_we_sign(name, in_node(script))


# --- a toolkit that verifies and signs ------------------------------------------------------------------

TOOLKIT_HAS = [
    ("calendly", "calendly", "verify_calendly_signature", "calendly-webhook-signature"),
    (
        "coinbase-commerce",
        "coinbase-commerce",
        "verify_coinbase_commerce_signature",
        "x-cc-webhook-signature",
    ),
    ("docusign", "docusign", "verify_docusign_signature", "x-docusign-signature-1"),
    ("lemon-squeezy", "lemonsqueezy", "verify_lemon_squeezy_signature", "x-signature"),
    ("typeform", "typeform", "verify_typeform_signature", "typeform-signature"),
    ("vercel", "vercel", "verify_vercel_signature", "x-vercel-signature"),
    ("workos", "workos", "verify_workos_signature", "workos-signature"),
    ("meta", "meta", "verify_meta_signature", "x-hub-signature-256"),
    ("mux", "mux", "verify_mux_signature", "mux-signature"),
]


@interop(*(name for name, _, _, _ in TOOLKIT_HAS), by="webhooks-cc (PyPI), which is not the provider's own")
@pytest.mark.parametrize(
    ("name", "theirs", "function", "header"), TOOLKIT_HAS, ids=[name for name, _, _, _ in TOOLKIT_HAS]
)
def test_webhooks_cc(name: str, theirs: str, function: str, header: str) -> None:
    toolkit, verify = sdk("webhooks_cc"), getattr(sdk("webhooks_cc.verify"), function)

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return verify(body, headers[header], secret)

    they_take_what_we_sign(name, in_python(judge))

    secret = SAMPLES[name].secret
    built = toolkit.build_template_request("https://example.com", provider=theirs, secret=secret)
    assert we_take_what_they_sign(name, built.body.encode(), built.headers).scheme == name


# --- what the rows say beside the signature ----------------------------------------------------------------


def test_docusign_signs_with_each_key_that_an_account_has() -> None:
    """Docusign counts its keys from 1 to 100, and the receiver may know any one of them."""
    sample = SAMPLES["docusign"]
    body, headers = sample.signed()
    signature = headers["x-docusign-signature-1"]

    for number in (1, 7, 100):
        others = {f"x-docusign-signature-{each}": "A" * 43 + "=" for each in range(1, 101)}
        moved = {**others, f"X-DocuSign-Signature-{number}": signature}
        del moved[f"x-docusign-signature-{number}"]
        assert sample.verifier().verify(body, moved).scheme == "docusign"


def test_workos_is_read_with_and_without_the_blank_after_the_comma() -> None:
    sample = SAMPLES["workos"]
    body, headers = sample.signed()
    assert ", v1=" in headers["workos-signature"]

    tight = {"workos-signature": headers["workos-signature"].replace(", ", ",")}
    assert sample.verifier().verify(body, tight) == sample.verifier().verify(body, headers)


def test_twitch_writes_the_time_with_nanoseconds() -> None:
    sample, stamp = SAMPLES["twitch"], "2026-09-21T14:13:20.634234626Z"
    signed_content = f"msg_1{stamp}{{}}".encode()
    headers = {
        "Twitch-Eventsub-Message-Id": "msg_1",
        "Twitch-Eventsub-Message-Timestamp": stamp,
        "Twitch-Eventsub-Message-Signature": "sha256="
        + hmac.new(sample.secret.encode(), signed_content, hashlib.sha256).hexdigest(),
    }
    delivery = sample.verifier().verify(b"{}", headers)

    assert (delivery.id, delivery.id_is_signed, delivery.timestamp.timestamp()) == (
        "msg_1",
        True,
        1_790_000_000,
    )


def test_the_border_between_id_and_time_of_twitch_does_not_move() -> None:
    """Nothing parts id, time and body: a later time in the body would make an old delivery a fresh one."""
    sample, later = SAMPLES["twitch"], "2026-09-21T15:00:00Z"
    body = json.dumps({"event": {"ends_at": later, "title": "poll"}}).encode()
    headers = Signer(sample.secret, scheme="twitch").sign(body, id="msg_1", timestamp=1_790_000_000)
    stamp = headers["twitch-eventsub-message-timestamp"]
    start, end = body.decode().split(later)

    moved = {
        **headers,
        "twitch-eventsub-message-id": f"msg_1{stamp}{start}",
        "twitch-eventsub-message-timestamp": later,
    }
    verifier = sample.verifier(now=1_790_000_000 + 2_800)
    with pytest.raises(TimestampOutsideTolerance):
        verifier.verify(body, headers)
    with pytest.raises(MalformedDelivery, match="holds what no id holds"):
        verifier.verify(end.encode(), moved)


def test_the_id_of_a_line_delivery_is_that_of_all_its_events() -> None:
    sample = SAMPLES["line"]
    bodies = {
        "e1,e2": {"events": [{"webhookEventId": "e1"}, {"webhookEventId": "e2"}]},
        "e1": {"events": [{"webhookEventId": "e1"}]},
        "": {"events": []},
    }
    for expected, parsed in bodies.items():
        body = json.dumps(parsed).encode()
        headers = Signer(sample.secret, scheme="line").sign(body, id="none", timestamp=1)
        delivery = Verifier(sample.secret, scheme="line").verify(body, headers)
        assert (delivery.id, delivery.id_is_signed) == (expected, bool(expected))
