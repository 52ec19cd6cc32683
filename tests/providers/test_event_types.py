"""`Delivery.event_type`: where each provider sends it, and whether it is signed."""

from __future__ import annotations

import json
from typing import Any

from tests.providers.event_types_of_parameters import OF_PARAMETERS
from tests.providers.event_types_of_tokens import OF_TOKENS
from tests.providers.every_sample import delivered, every_one, genuine
from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows

# The type in the sample of the provider. The last column: whether the signature covers it.
IN_SAMPLES: list[tuple[str, str | None, bool]] = [
    ("ably", None, False),
    ("acuity-scheduling", None, False),
    ("adcp", None, False),
    ("adyen", "AUTHORISATION", True),
    ("adyen-header", "invoice.paid", True),
    ("adyen-http-post", "AUTHORISATION", True),
    ("affirm", None, False),
    ("aftership", "tracking_update", True),
    ("airship", None, False),
    ("airtable", None, False),
    ("airwallex", "payment_intent.succeeded", True),
    ("alertmanager", "firing", False),
    ("alipay", "trade_status_sync", True),
    ("argilla", "dataset.created", True),
    ("asana", None, False),
    ("apple-app-store", "TEST", True),
    ("ashby", "applicationSubmit", True),
    ("atlassian-jira", "jira:issue_created", True),
    ("attio", "record.created", True),
    ("authorize-net", "net.authorize.payment.authcapture.created", True),
    ("autodesk-aps", "dm.version.added", True),
    ("aws-sns", "Notification", True),
    ("azure-devops", "git.push", False),
    ("bigcommerce", "store/order/created", False),
    ("bitbucket", None, False),
    ("bitbucket-data-center", None, False),
    ("bitbucket-uuid", None, False),
    ("bolt", None, False),
    ("box", "FILE.UPLOADED", True),
    ("braintree", None, False),
    ("brevo", "delivered", False),
    ("buildkite", "build.finished", True),
    ("cal-com", "BOOKING_CREATED", True),
    ("canva", None, False),
    ("chargebee", "subscription_created", False),
    ("chargify", None, False),
    ("checkout-com", "payment_approved", True),
    ("checkr", "report.completed", True),
    ("circleci", "job-completed", True),
    ("clerk", "invoice.paid", True),
    ("clickup", "taskUpdated", True),
    ("cloudconvert", "job.finished", True),
    ("cloudflare-stream", None, False),
    ("coinbase-commerce", "charge:confirmed", True),
    ("configcat", None, False),
    ("convoy", None, False),
    ("convoy-simple", None, False),
    ("cronofy", "change", True),
    ("cursor", None, False),
    ("contentful", None, False),
    ("constant-contact", "tier.increase", True),
    ("customer-io", "opened", True),
    ("datadog", None, False),
    ("deel", "contract.created", True),
    ("discord", None, False),
    ("django-webhook", "auth.User/create", True),
    ("dodo-payments", "invoice.paid", True),
    ("doppler", "config.secrets.update", True),
    ("dropbox", None, False),
    ("dropbox-sign", "signature_request_msg_1", True),
    ("dub", "link.created", True),
    ("dwolla", "transfer_completed", True),
    ("easypost", "tracker.updated", True),
    ("ebay", "MARKETPLACE_ACCOUNT_DELETION", True),
    ("elevenlabs", "post_call_transcription", True),
    ("emailit", None, False),
    ("emporix", None, False),
    ("etsy", "order.paid", True),
    ("exa", "webset.created", True),
    ("expo", None, False),
    ("fastspring", "order.completed", True),
    ("fal-ai", None, False),
    ("fillout", None, False),
    ("finch", "job.completed", True),
    ("forgejo", None, False),
    ("formance", "ledger.committed_transactions", True),
    ("formbricks", "responseCreated", True),
    ("formstack", None, False),
    ("fourthwall", "ORDER_PLACED", True),
    ("framer", None, False),
    ("front", "inbound", True),
    ("gemini", "batch.succeeded", True),
    ("getstream", "message.new", True),
    ("ghost", None, False),
    ("gitea", None, False),
    ("github", None, False),
    ("gitlab-token", None, False),
    ("gocardless", None, False),
    ("gogs", None, False),
    ("google-pubsub", None, False),
    ("grafana", "firing", True),
    ("growthbook", "payload.changed", True),
    ("help-scout", None, False),
    ("heroku", "api:release", True),
    ("hookdeck", None, False),
    ("http-signature", None, False),
    ("hubspot", "contact.creation", True),
    ("incident-io", "public_incident.incident_created_v2", True),
    ("increase", "account.created", True),
    ("intercom", "user.created", True),
    ("klaviyo", "event:klaviyo.opened_email", True),
    ("intercom-canvas-kit", None, False),
    ("kinde", "user.created", True),
    ("keygen", "license.created", True),
    ("knock", "message.sent", True),
    ("langfuse", "prompt-version", True),
    ("lark", None, False),
    ("launchdarkly", "flag", True),
    ("line", "follow", True),
    ("linear", "Issue", True),
    ("linkedin", "LEAD_ACTION", True),
    ("lob", "letter.created", True),
    ("logto", "User.Created", True),
    ("loops", "email.delivered", True),
    ("mailerlite", None, False),
    ("mailersend", "activity.sent", True),
    ("mailgun", "opened", False),
    ("mautic", None, False),
    ("mailomat", "msg_1", True),
    ("mandrill", None, False),
    ("mercado-pago", "payment.updated", False),
    ("merge-dev", "Candidate.changed", True),
    ("microsoft-graph", None, False),
    ("mixpanel", "members", False),
    ("mlflow", "created", True),
    ("modern-treasury", None, False),
    ("mollie", "payment-link.paid", True),
    ("mongodb-atlas", "HOST_DOWN", True),
    ("ms-teams", "message", True),
    ("mux", "video.asset.ready", True),
    ("netbox", "created", True),
    ("new-relic", None, False),
    ("notion", "page.content_updated", True),
    ("novu", None, False),
    ("npm", "package:publish", True),
    ("nylas", "message.created", True),
    ("okta", "user.lifecycle.create", False),
    ("onfido", "check.completed", True),
    ("onfleet", None, False),
    ("openai", "invoice.paid", True),
    ("outpost", None, False),
    ("outseta", None, False),
    ("paddle", "transaction.completed", True),
    ("pagerduty", "incident.triggered", True),
    ("parse-server", "beforeSave", False),
    ("paypal", "PAYMENT.SALE.COMPLETED", False),
    ("paystack", "charge.success", True),
    ("persona", "inquiry.completed", True),
    ("plaid", "ITEM", True),
    ("plain", "thread.thread_created", True),
    ("plivo", None, False),
    ("polar", "invoice.paid", True),
    ("postmark", "Delivery", False),
    ("primer", "PAYMENT.STATUS", True),
    ("pusher", None, False),
    ("quickbooks", None, False),
    ("ramp", "transactions.cleared", True),
    ("razorpay", "payment.captured", True),
    ("recurly", "created", True),
    ("recall-ai", "bot.done", True),
    ("render", "deploy_ended", True),
    ("replicate", None, False),
    ("resend", "invoice.paid", True),
    ("retell", "call_ended", True),
    ("revenuecat", "INITIAL_PURCHASE", True),
    ("revenuecat-token", "INITIAL_PURCHASE", False),
    ("saleor", "order_created", False),
    ("saleor-hmac", None, False),
    ("sanity", None, False),
    ("segment", "track", True),
    ("sendbird", "group_channel:message_send", True),
    ("sendgrid", "open", True),
    ("sentry", None, False),
    ("shippo", "track_updated", True),
    ("shopify", None, False),
    ("shopify-events", "Order", True),
    ("sinch", None, False),
    ("skyvern", None, False),
    ("slack", "event_callback", True),
    ("snyk", None, False),
    ("sparkpost", None, False),
    ("square", "payment.updated", True),
    ("squarespace", "order.create", True),
    ("standard-webhooks", "invoice.paid", True),
    ("stripe", "invoice.paid", True),
    ("stytch", None, False),
    ("supabase", None, False),
    ("svix", "invoice.paid", True),
    ("svix-ingest", "invoice.paid", True),
    ("taiga", "userstory", True),
    ("tailscale", "nodeCreated", True),
    ("tally", "FORM_RESPONSE", True),
    ("telegram", None, False),
    ("telnyx", "message.received", True),
    ("tiktok", "video.publish.completed", True),
    ("trello", "updateCard", True),
    ("trigger-dev", "alert.run.failed", True),
    ("truelayer", "payment_executed", True),
    ("twilio", None, False),
    ("twilio-sha256", None, False),
    ("typeform", "form_response", True),
    ("ucp", None, False),
    ("vanta", "invoice.paid", True),
    ("vercel", "deployment.created", True),
    ("webex", None, False),
    ("webflow", "form_submission", True),
    ("webhookx", "order.paid", True),
    ("weblate", "Translation added", True),
    ("wechat-pay", "TRANSACTION.SUCCESS", True),
    ("wise", "transfers#state-change", True),
    ("wix", "wix.contacts.v4.contact_created", True),
    ("woocommerce", None, False),
    ("workos", "dsync.user.created", True),
    ("worldline-connect", "payment.paid", True),
    ("x", None, False),
    ("xero", None, False),
    ("yousign", "signature_request.done", True),
    ("zapier", None, False),
    ("zendesk", "zen:event-type:ticket.created", True),
    ("zoom", "meeting.started", True),
    *OF_PARAMETERS,
    *OF_TOKENS,
]


@rows(("name", "event_type", "is_signed"), IN_SAMPLES, ids=[name for name, _, _ in IN_SAMPLES])
def test_the_event_type_of_a_sample(name: str, event_type: str | None, is_signed: bool) -> None:
    delivery = genuine(SAMPLES[name])

    assert delivery.event_type == event_type
    assert delivery.event_type_is_signed is is_signed
    assert delivery.event_type == event_type, "the second time, too"


def test_every_provider_has_a_row() -> None:
    assert {*SAMPLES} == {name for name, _, _ in IN_SAMPLES} | {name for name, _, _ in DOCUMENTED}


# Payloads in the form that the provider documents.
DOCUMENTED: list[tuple[str, Any, str | None]] = [
    ("anthropic", {"type": "event", "data": {"type": "session.status_idled"}}, "session.status_idled"),
    ("brex", {"event_type": "TRANSFER_PROCESSED", "transfer_id": "t"}, "TRANSFER_PROCESSED"),
    ("calendly", {"event": "invitee.created", "payload": {}}, "invitee.created"),
    ("discord", {"type": 1, "event": {"type": "APPLICATION_AUTHORIZED"}}, "APPLICATION_AUTHORIZED"),
    ("docusign", {"event": "envelope-completed", "data": {}}, "envelope-completed"),
    ("gitlab", {"object_kind": "merge_request", "event_type": "merge_request"}, "merge_request"),
    ("gitlab", {"event_name": "project_create"}, "project_create"),
    ("hubspot", [{"subscriptionType": "a.b"}, {"subscriptionType": "a.b"}], "a.b"),
    ("hubspot", [{"subscriptionType": "a.b"}, {"subscriptionType": "a.c"}], None),
    ("hubspot", [{"subscriptionType": "a.b"}, {}], None),
    ("lemon-squeezy", {"meta": {"event_name": "order_created"}, "data": {}}, "order_created"),
    ("line", {"events": []}, None),
    ("lithic", {"event_type": "card.created", "token": "c"}, "card.created"),
    ("meta", {"object": "x", "entry": [{"changes": [{"field": "messages"}]}]}, "messages"),
    ("sendgrid", [{"event": "open"}, {"event": "click"}], None),
    ("slack", {"type": "event_callback", "event": {"type": "app_mention"}}, "app_mention"),
    ("slack", {"type": "app_rate_limited"}, "app_rate_limited"),
    ("twitch", {"subscription": {"type": "stream.online"}, "event": {}}, "stream.online"),
]


@rows(("name", "payload", "event_type"), DOCUMENTED)
def test_the_event_type_of_a_documented_payload(name: str, payload: Any, event_type: str | None) -> None:
    delivery = delivered(name, json.dumps(payload).encode())

    assert (delivery.event_type, delivery.event_type_is_signed) == (event_type, event_type is not None)


def test_the_event_type_of_an_interaction_of_slack_is_in_the_payload_field() -> None:
    form = b"payload=%7B%22type%22%3A%22block_actions%22%7D"

    assert delivered("slack", form).event_type == "block_actions"
    assert delivered("slack", form + b"&" + form).event_type is None
    assert delivered("slack", b"command=%2Fweather&text=x").event_type is None


NO_TYPES: list[bytes] = [
    *(b"", b"{", b"[]", b"null", b"1", b'"type"', b"{}", b'{"type":1}', b'{"type":true}', b'{"type":null}'),
    *(b'{"type":""}', b'{"type":" "}', b'{"type":["a"]}', b'{"type":{"a":1}}', b'{"Type":"a"}', b"\xff"),
    *(b'{"type":"a\\nb"}', b'{"type":"\\ud800"}', b'{"type":"%s"}' % (b"x" * 257), b"[" * 100_000),
    *(b'{"data":{"type":"a"}}', b"type=a"),
]


@rows("body", NO_TYPES, ids=lambda body: repr(body[:30]))
@rows("name", ["standard-webhooks", "stripe", "vercel"])
def test_a_body_without_a_type_has_none(name: str, body: bytes) -> None:
    delivery = delivered(name, body)

    assert (delivery.event_type, delivery.event_type_is_signed) == (None, False)


@every_one
def test_a_header_cannot_change_the_type_in_a_body(sample: Sample) -> None:
    """An attacker can add every header to a captured delivery."""
    body, headers = sample.signed()
    names = ("x-github-event", "linear-event", "x-event-name", "twitch-eventsub-subscription-type", "type")
    forged = {**headers, **dict.fromkeys(names, "forged")}
    delivery = sample.verify(sample.verifier(), body, forged)

    assert delivery.event_type == genuine(sample).event_type or not delivery.event_type_is_signed


def test_equal_deliveries_are_equal_before_and_after_the_type_has_been_read() -> None:
    for name in ("stripe", "svix"):
        first, second = genuine(SAMPLES[name]), genuine(SAMPLES[name])
        assert first.event_type == "invoice.paid"
        assert (first, hash(first)) == (second, hash(second))


def test_streaming_has_the_same_type() -> None:
    for name in ("stripe", "svix", "github", "vercel"):
        sample = SAMPLES[name]
        body, headers = sample.signed()
        verification = sample.verifier().begin({**headers, "x-github-event": "push"})
        verification.update(body[:3])
        delivery = verification.finish(body[3:])
        assert delivery.event_type == ("push" if name == "github" else genuine(sample).event_type)
