"""Novu's bridge requests: HMAC-SHA256 of `{timestamp}.{body}`, in `novu-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "novu",
    signature_header="novu-signature",
    signature_field="v1",
    timestamp_field="t",
    timestamp_unit="ms",
    signed_content="{timestamp}.{body}",
    answer_is_data=True,
    docs=SchemeDocs(
        title="Novu bridge",
        secret_from="Novu's dashboard > API Keys: the Secret Key of the environment",
        url="https://docs.novu.co/framework/endpoint",
        notes=(
            "This is the scheme of the requests of Novu's framework to your bridge endpoint. Requests "
            "have no id, and their response is data that Novu uses. The tolerance is this library's "
            "default."
        ),
    ),
)
