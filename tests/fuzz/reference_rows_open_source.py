"""The HMAC signatures of programs that anyone can run and that send webhooks. Part of `reference_rows`."""

from __future__ import annotations

from base64 import b64decode

from tests.fuzz.reference_row import KEY, Row

__all__ = ["OF_OPEN_SOURCE_SENDERS"]


def _standard(*, fraction: bool = False) -> Row:
    return Row(
        kind="standard",
        secret=f"whsec_{KEY}",
        keys=lambda secret: [b64decode(secret.removeprefix("whsec_"))],
        fields=("", "v1", " "),
        content="{time}",
        fraction=fraction,
    )


OF_OPEN_SOURCE_SENDERS: dict[str, Row] = {
    "argilla": _standard(),
    "convoy": Row(headers=("x-convoy-signature",), fields=("t", "v1", ","), content="{time},{body}"),
    "convoy-simple": Row(headers=("x-convoy-signature",)),
    "django-webhook": Row(
        headers=("django-webhook-signature-v1",),
        bare=(",", "", False),
        content="{time}:{body}",
        time="django-webhook-request-timestamp",
    ),
    "forgejo": Row(headers=("x-forgejo-signature", "x-gitea-signature")),
    "formance": Row(
        headers=("formance-webhook-signature",),
        prefix="v1,",
        content="{id}.{time}.{body}",
        id="formance-webhook-id",
        time="formance-webhook-timestamp",
        written="base64",
    ),
    "formbricks": _standard(),
    "ghost": Row(
        headers=("x-ghost-signature",), fields=("t", "sha256", ", "), content="{body}{time}", unit="ms"
    ),
    "growthbook": Row(kind="standard", secret=f"wk_{KEY}", fields=("", "v1", " "), content="{time}"),
    "langfuse": Row(headers=("x-langfuse-signature",), fields=("t", "v1", ","), content="{time}.{body}"),
    "mlflow": Row(
        headers=("x-mlflow-signature",),
        prefix="v1,",
        content="{id}.{time}.{body}",
        id="x-mlflow-delivery-id",
        time="x-mlflow-timestamp",
        written="base64",
    ),
    "netbox": Row(headers=("x-hook-signature",), digest="sha512"),
    "novu": Row(headers=("novu-signature",), fields=("t", "v1", ","), content="{time}.{body}", unit="ms"),
    "saleor-hmac": Row(headers=("saleor-signature",)),
    "skyvern": Row(headers=("x-skyvern-signature",)),
    "trigger-dev": Row(headers=("x-trigger-signature-hmacsha256",)),
    "webhookx": Row(
        headers=("webhookx-signature",), prefix="v1=", content="{time}.{body}", time="webhookx-timestamp"
    ),
    "weblate": _standard(fraction=True),
}
"""Each provider, by the name of its scheme."""
