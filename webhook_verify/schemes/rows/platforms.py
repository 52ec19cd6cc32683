"""Platforms of code, teams and customers."""

from __future__ import annotations

from webhook_verify.schemes.provider import Provider

__all__ = ["ROWS"]

ROWS = (
    Provider(
        "github",
        title="GitHub",
        signature_header="x-hub-signature-256",
        signature_prefix="sha256=",
        id_header="x-github-delivery",
        secret_from="the repository's or organization's Settings, Webhooks, Secret: you choose it",
        documentation="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    ),
    Provider(
        "slack",
        title="Slack",
        signature_header="x-slack-signature",
        signature_prefix="v0=",
        timestamp_header="x-slack-request-timestamp",
        content="v0:{timestamp}:{body}",
        id_in_body="event_id",
        secret_from="the app's Basic Information, App Credentials, Signing Secret",
        documentation="https://docs.slack.dev/authentication/verifying-requests-from-slack",
    ),
    Provider(
        "telegram",
        title="Telegram",
        signature_header="x-telegram-bot-api-secret-token",
        algorithm="token",
        encoding="text",
        id_in_body="update_id",
        secret_from="the secret_token that you gave to setWebhook",
        documentation="https://core.telegram.org/bots/api#setwebhook",
    ),
    Provider(
        "linear",
        title="Linear",
        signature_header="linear-signature",
        timestamp_in_body="webhookTimestamp",
        timestamp_unit="ms",
        tolerance=60,
        id_header="linear-delivery",
        secret_from="Settings, API, Webhooks, the webhook's signing secret",
        documentation="https://linear.app/developers/webhooks",
    ),
)
