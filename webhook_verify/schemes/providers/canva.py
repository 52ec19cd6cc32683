"""Canva's extensions: HMAC-SHA256 of `v1:{timestamp}:{path}:{body}`, in a list without names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from webhook_verify.headers import Headers
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "Canva"]

# Canva appends one of these to the extension's base URL, which may have a path.
_PATHS = (
    "/configuration/delete",
    "/configuration",
    "/content/resources/find",
    "/editing/image/process/get",
    "/editing/image/process",
    "/publish/resources/find",
    "/publish/resources/get",
    "/publish/resources/upload",
)


class Canva(HeaderScheme):
    """A header scheme that signs the end of the URL's path: the part after the base URL."""

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the headers of a request.

        Args:
            headers: The request headers.
            url: The URL that Canva called.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
            TypeError: If `url` is `None`.
        """
        return super().parse_headers(headers, _signed_path(url), method)

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
        """Sign a body, with one signature per key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: Unused.
            timestamp: Unix seconds.
            url: The URL of the request.
            method: Unused.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` is `None`.
        """
        return super().sign(body, keys, id=id, timestamp=timestamp, url=_signed_path(url), method=method)


def _signed_path(url: str | None) -> str | None:
    """Return the part of the path that Canva appends, or the whole path of another URL."""
    if url is None:
        return None
    path = url.partition("://")[2].partition("#")[0].partition("?")[0]
    path = path[path.find("/") :] if "/" in path else ""
    return next((each for each in _PATHS if path.endswith(each)), path)


SCHEME = Canva(
    "canva",
    signature_header="x-canva-signatures",
    answer_is_data=True,
    signature_list=SignatureList(","),
    secret_encoding="base64",
    timestamp_header="x-canva-timestamp",
    signed_content="v1:{timestamp}:{url}:{body}",
    docs=SchemeDocs(
        title="Canva",
        secret_from="Developer Portal > the app's Verification > Client secret",
        url=(
            "https://www.canva.dev/docs/extensions/backend-development/verify-request/"
            "verify-post-request-signature"
        ),
        response="the JSON of the requested resource",
        notes=(
            "These are the POST requests of an app's extensions. Of the URL, only the path that Canva "
            "appends to the extension's base URL is signed, such as `/content/resources/find`; its host "
            "and its query are not. While a client secret is being replaced, the header contains two "
            "signatures. The GET request to the Redirect URL, which has its signatures in the query, and "
            "the tokens of newer apps are not supported. Canva uses the data in your response, so do not "
            "use a replay guard, which responds to a duplicate itself. Canva requires the status 401 for a"
            " request that is not authentic."
        ),
    ),
)
