"""The built-in providers, one module each: `adyen-header` is `adyen_header.py`.

A module is imported when its name is first used. Its `SCHEME` is the provider's scheme. Its class, if it has
one, takes the options that differ between accounts.
"""

from __future__ import annotations

from importlib import import_module

from webhook_verify.schemes.base import Scheme

__all__ = ["NAMES", "load"]

NAMES = (
    "ably",
    "adyen",
    "adyen-header",
    "affirm",
    "aftership",
    "airship",
    "airtable",
    "airwallex",
    "anthropic",
    "asana",
    "ashby",
    "atlassian-jira",
    "authorize-net",
    "autodesk-aps",
    "aws-sns",
    "azure-devops",
    "bigcommerce",
    "bitbucket",
    "bitbucket-uuid",
    "bolt",
    "box",
    "brevo",
    "brex",
    "buildkite",
    "cal-com",
    "calendly",
    "chargebee",
    "chargify",
    "checkout-com",
    "checkr",
    "circleci",
    "clerk",
    "clickup",
    "cloudconvert",
    "coinbase-commerce",
    "customer-io",
    "datadog",
    "deel",
    "discord",
    "docusign",
    "dodo-payments",
    "doppler",
    "dropbox",
    "dub",
    "dwolla",
    "easypost",
    "emporix",
    "etsy",
    "fillout",
    "framer",
    "front",
    "gemini",
    "getstream",
    "gitea",
    "github",
    "gitlab",
    "gitlab-token",
    "gocardless",
    "gogs",
    "google-pubsub",
    "heroku",
    "hubspot",
    "incident-io",
    "increase",
    "intercom",
    "knock",
    "lemon-squeezy",
    "line",
    "linear",
    "lithic",
    "mailgun",
    "meta",
    "microsoft-graph",
    "mux",
    "openai",
    "paddle",
    "paypal",
    "plaid",
    "polar",
    "replicate",
    "resend",
    "sanity",
    "sendgrid",
    "sentry",
    "shopify",
    "shopify-events",
    "slack",
    "square",
    "stripe",
    "supabase",
    "svix",
    "telegram",
    "twilio",
    "twilio-sha256",
    "twitch",
    "typeform",
    "vercel",
    "wise",
    "workos",
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
