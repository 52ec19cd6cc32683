"""MLflow: HMAC-SHA256 of `{id}.{timestamp}.{body}`, in `x-mlflow-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mlflow",
    signature_header="x-mlflow-signature",
    signature_prefix="v1,",
    signature_encoding="base64",
    signed_content="{id}.{timestamp}.{body}",
    id_header="x-mlflow-delivery-id",
    timestamp_header="x-mlflow-timestamp",
    event_type_in_body="action",
    retries="keep_timestamp",
    retry_seconds=7,
    docs=SchemeDocs(
        title="MLflow",
        secret_from="the `secret` of the webhook; you choose it",
        url="https://mlflow.org/docs/latest/ml/webhooks/",
        notes=(
            "The text of the secret is the key, including `whsec_` if it has that prefix. The event "
            "type is the `action`, such as `created`; the `entity`, such as `registered_model`, is also "
            "in the body."
        ),
        retries=(
            "three attempts within 7 seconds, with identical headers; a 4xx status other than 429 is "
            "final, and Retry-After is obeyed (observed with MLflow 3.17.2)"
        ),
    ),
)
