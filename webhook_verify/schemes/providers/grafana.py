"""Grafana Alerting: HMAC-SHA256 of the body, in a header of your choice, optionally with a timestamp."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME", "Grafana"]


class Grafana(HeaderScheme):
    """The signature of a webhook contact point.

    Args:
        header: The Header of the contact point's HMAC signature.
        timestamp_header: Its Timestamp Header, or "" if that is empty. Then no timestamp is signed.

    Raises:
        TypeError: If a name is not a str.
        ValueError: If a name is invalid, or both are equal.
    """

    def __init__(self, *, header: str = "x-grafana-alerting-signature", timestamp_header: str = "") -> None:
        super().__init__(
            "grafana",
            signature_header=header,
            timestamp_header=timestamp_header,
            signed_content="{timestamp}:{body}" if timestamp_header else "{body}",
            event_type_in_body="status",
            docs=SchemeDocs(
                title="Grafana Alerting",
                secret_from="the contact point's HMAC Signature > Secret; you choose it",
                url=(
                    "https://grafana.com/docs/grafana/latest/alerting/configure-notifications/"
                    "manage-contact-points/integrations/webhook-notifier/"
                ),
                notes=(
                    "Without a secret, the contact point signs nothing. If you configure a Timestamp Header, "
                    "Grafana also signs the time: pass `Grafana(timestamp_header=...)` from "
                    "`webhook_verify.schemes.providers.grafana` as the scheme. Prefer that, because "
                    "otherwise a recorded delivery stays valid, and equal bytes can be two notifications."
                ),
            ),
        )


SCHEME = Grafana()
