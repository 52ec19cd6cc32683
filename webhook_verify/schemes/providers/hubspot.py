"""HubSpot's signature v3: a `HeaderScheme`, except that some characters of the URL are signed decoded.

Its v1 and v2 are not supported: a plain SHA-256 with the secret as prefix, which allows length extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from webhook_verify.headers import Headers
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.timestamps import UNITS, Unit

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "HubSpot"]

# : / ? @ ! $ ' ( ) * , ;  The documentation lists these; other characters stay encoded.
_ESCAPE = re.compile("%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_CHARS = {f"%{high}{low}": chr(int(high + low, 16)) for high in "234" for low in "0123456789ABCDEFabcdef"}
_DIGITS = 13  # milliseconds between the years 2001 and 2286
_ID = ("portalId", "subscriptionId", "eventId", "occurredAt")


class HubSpot(HeaderScheme):
    """HubSpot's signature v3, over method, URL, body and timestamp without separators.

    The timestamp must therefore have exactly 13 digits. Otherwise the last digit of a body or URL could be
    moved into the timestamp, which would make an old delivery one of the far future, and HubSpot rejects only
    old ones.
    """

    def __init__(self) -> None:
        super().__init__(
            "hubspot",
            signature_header="x-hubspot-signature-v3",
            timestamp_header="x-hubspot-request-timestamp",
            timestamp_unit="ms",
            signature_encoding="base64",
            signed_content="{method}{url}{body}{timestamp}",
            id_in_body="*.eventId",
            event_type_in_body="*.subscriptionType",
            retry_seconds=86_400,
            docs=SchemeDocs(
                title="HubSpot",
                secret_from="the app's Auth settings > Client secret",
                url=(
                    "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/"
                    "authentication/request-validation"
                ),
                notes=(
                    "In the URL, %3A %2F %3F %40 %21 %24 %27 %28 %29 %2A %2C and %3B are signed "
                    "decoded. An `eventId` alone is not unique, so the message id is "
                    "`portalId:subscriptionId:eventId:occurredAt` of all events. Signatures v1 and v2 "
                    "are not supported, because an attacker can forge them by extending a delivery."
                ),
                retries=(
                    "10 times within 24 hours, but not after 400, 401, 403, 404 and 405 "
                    "([documentation](https://developers.hubspot.com/docs/api-reference/"
                    "webhooks-webhooks-v3/guide)); "
                    "the timestamp of a retry is not documented"
                ),
            ),
        )
        self.accept_future_timestamps = True  # safe, because the number of digits is fixed
        self.timestamp_unit: Unit = (_milliseconds, _written, "Unix milliseconds, in 13 digits")

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the headers of a request.

        Args:
            headers: The request headers.
            url: The URL that HubSpot called.
            method: The request method.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
            TypeError: If `url` or `method` is `None`.
        """
        return super().parse_headers(headers, _decoded(url), method)

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """Sign a body with the newest key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: Unused.
            timestamp: Unix seconds, of the years 2001 to 2286.
            url: The URL of the request.
            method: The request method.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` or `method` is `None`.
            ValueError: If `timestamp` does not have 13 digits in milliseconds.
        """
        return super().sign(body, keys, id=id, timestamp=timestamp, url=_decoded(url), method=method)

    def message_id_from_body(self, body: bytes) -> str:
        """Return the ids of all events, which are the same in every retry.

        A retry differs only in `attemptNumber`.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        columns = [strings_at(body, f"*.{name}") for name in _ID]
        return ",".join(map(":".join, zip(*columns, strict=True))) if all(columns) else ""


def _decoded(url: str | None) -> str | None:
    return url and _ESCAPE.sub(lambda match: _CHARS[match[0]], url)


def _milliseconds(text: str) -> int:
    return UNITS["ms"][0](text) if len(text) == _DIGITS else 0


def _written(seconds: int) -> str:
    text = UNITS["ms"][1](seconds)
    if len(text) != _DIGITS:
        raise ValueError("timestamp must have 13 digits in milliseconds: the years 2001 to 2286")
    return text


SCHEME = HubSpot()
