"""The built-in providers, one module each: `adyen-header` is `adyen_header.py`.

A module is imported when its name is first used. Its `SCHEME` is the provider's scheme. Its class, if it has
one, takes the options that differ between accounts.
"""

from __future__ import annotations

from importlib import import_module

from webhook_verify.schemes.base import Scheme

__all__ = ["NAMES", "load"]

NAMES = (
    "adyen",
    "adyen-header",
    "anthropic",
    "aws-sns",
    "bitbucket",
    "box",
    "brex",
    "calendly",
    "clerk",
    "coinbase-commerce",
    "discord",
    "docusign",
    "dodo-payments",
    "dropbox",
    "emporix",
    "github",
    "gitlab",
    "gitlab-token",
    "google-pubsub",
    "hubspot",
    "intercom",
    "launchdarkly",
    "lemon-squeezy",
    "line",
    "linear",
    "linkedin",
    "lithic",
    "lob",
    "loops",
    "mailgun",
    "merge-dev",
    "meta",
    "microsoft-graph",
    "mixpanel",
    "modern-treasury",
    "mongodb-atlas",
    "ms-teams",
    "mux",
    "notion",
    "npm",
    "nylas",
    "onfido",
    "onfleet",
    "openai",
    "paddle",
    "pagerduty",
    "paypal",
    "paystack",
    "persona",
    "plaid",
    "polar",
    "postmark",
    "primer",
    "pusher",
    "quickbooks",
    "razorpay",
    "render",
    "replicate",
    "resend",
    "sanity",
    "segment",
    "sendbird",
    "sendgrid",
    "sentry",
    "shippo",
    "shopify",
    "shopify-events",
    "sinch",
    "slack",
    "sparkpost",
    "square",
    "squarespace",
    "stripe",
    "stytch",
    "supabase",
    "svix",
    "tally",
    "telegram",
    "telnyx",
    "tiktok",
    "trello",
    "twilio",
    "twilio-sha256",
    "twitch",
    "typeform",
    "vanta",
    "vercel",
    "webflow",
    "wise",
    "woocommerce",
    "workos",
    "worldline-connect",
    "x",
    "xero",
    "zendesk",
    "zoom",
)
"""The names of the built-in providers, sorted. A literal, so that listing the names imports no provider."""


def load(name: str) -> Scheme:
    """Import a provider's module and return its scheme.

    Args:
        name: One of `NAMES`.

    Returns:
        The scheme.
    """
    scheme: Scheme = import_module(f"{__name__}.{name.replace('-', '_')}").SCHEME
    return scheme
