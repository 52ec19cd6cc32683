"""Platforms of code, teams and customers."""

from __future__ import annotations

from webhook_verify.handshakes import SlackChallenge, ZoomValidation
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["ROWS"]

ROWS = (
    HeaderScheme(
        "github",
        title="GitHub",
        signature_header="x-hub-signature-256",
        signature_prefix="sha256=",
        id_header="x-github-delivery",
        event_type_header="x-github-event",
        secret_from="the repository's or organization's Settings, Webhooks, Secret: you choose it",
        documentation="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
        notes="Only the body is signed: the delivery id and the event's name in the headers are not. The "
        "older x-hub-signature, with SHA-1, is not looked at.",
    ),
    HeaderScheme(
        "gitlab-token",
        title="GitLab (secret token)",
        signature_header="x-gitlab-token",
        algorithm="token",
        signature_encoding="text",
        id_header="idempotency-key",
        event_type_header="x-gitlab-event",
        secret_from="the project's or group's Settings, Webhooks, Secret token: you choose it",
        documentation="https://docs.gitlab.com/user/project/integrations/webhooks/",
        notes="Nothing is signed: the token itself is sent, and who has seen one request can make others. "
        "Prefer a signing token, which is the scheme gitlab.",
    ),
    HeaderScheme(
        "bitbucket",
        title="Bitbucket",
        signature_header="x-hub-signature",
        signature_prefix="sha256=",
        id_header="x-request-uuid",
        event_type_header="x-event-key",
        secret_from="the repository's Settings, Webhooks, Secret: you choose it, or have it generated",
        documentation="https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
        notes="Only the body is signed: the request's id and the event's key in the headers are not. Without "
        "a secret Bitbucket signs nothing.",
    ),
    HeaderScheme(
        "slack",
        title="Slack",
        signature_header="x-slack-signature",
        signature_prefix="v0=",
        timestamp_header="x-slack-request-timestamp",
        signed_content="v0:{timestamp}:{body}",
        id_in_body="event_id",
        handshake=SlackChallenge(),
        secret_from="the app's Basic Information, App Credentials, Signing Secret",
        documentation="https://docs.slack.dev/authentication/verifying-requests-from-slack",
        notes="Slash commands and interactions are forms, without an event id: they are told apart by all "
        "that is signed. The older verification token in the body is not looked at.",
    ),
    HeaderScheme(
        "zoom",
        title="Zoom",
        signature_header="x-zm-signature",
        signature_prefix="v0=",
        timestamp_header="x-zm-request-timestamp",
        signed_content="v0:{timestamp}:{body}",
        handshake=ZoomValidation(),
        secret_from="the app's Features, Access, Secret Token",
        documentation="https://developers.zoom.us/docs/api/webhooks/",
        notes="There is no message id, and a retry is signed anew: make the handler idempotent. Zoom names "
        "no tolerance; 5 minutes are used.",
    ),
    HeaderScheme(
        "linear",
        title="Linear",
        signature_header="linear-signature",
        timestamp_in_body="webhookTimestamp",
        timestamp_unit="ms",
        tolerance=60,
        id_header="linear-delivery",
        event_type_header="linear-event",
        secret_from="Settings, API, Webhooks, the webhook's signing secret",
        documentation="https://linear.app/developers/webhooks",
        notes="The time is in the body; that of the header linear-timestamp is not signed, nor is the "
        "delivery id. webhookId in the body names the webhook, not the delivery.",
    ),
    HeaderScheme(
        "intercom",
        title="Intercom",
        signature_header="x-hub-signature",
        signature_prefix="sha1=",
        algorithm="hmac-sha1",
        id_in_body="id",
        secret_from="the Developer Hub, the app's Basic information, Client secret",
        documentation="https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
        notes="It signs with HMAC-SHA1, which is still sound as a MAC. No time is signed.",
    ),
    HeaderScheme(
        "zendesk",
        title="Zendesk",
        signature_header="x-zendesk-webhook-signature",
        signature_encoding="base64",
        signed_content="{timestamp}{body}",
        timestamp_header="x-zendesk-webhook-signature-timestamp",
        timestamp_unit="rfc3339",
        id_header="x-zendesk-webhook-invocation-id",
        secret_from="the Admin Center, Apps and integrations, Webhooks, the webhook's signing secret",
        documentation="https://developer.zendesk.com/documentation/webhooks/verifying/",
        notes="The secret is text, although it looks like base64. `Test webhook` of one that is not saved "
        "yet signs with a secret that is published: it must not be accepted.",
    ),
    HeaderScheme(
        "sentry",
        title="Sentry",
        signature_header="sentry-hook-signature",
        id_header="request-id",
        event_type_header="sentry-hook-resource",
        secret_from="Settings, Developer Settings, the integration's Client Secret",
        documentation="https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
        notes="Only the body is signed: resource, request id and sentry-hook-timestamp in the headers are "
        "not. Sentry's sample serializes the JSON again; the bytes as they came are what is signed.",
    ),
    HeaderScheme(
        "telegram",
        title="Telegram",
        signature_header="x-telegram-bot-api-secret-token",
        algorithm="token",
        signature_encoding="text",
        id_in_body="update_id",
        secret_from="the secret_token that you gave to setWebhook",
        documentation="https://core.telegram.org/bots/api#setwebhook",
        notes="Nothing is signed: the token itself is sent, and who has seen one request can make others. "
        "Where no secret_token was given, nothing can be verified.",
    ),
)
