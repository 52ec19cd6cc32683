"""X: HMAC-SHA256 of the body in base64, in `x-twitter-webhooks-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import XChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "x",
    signature_header="x-twitter-webhooks-signature",
    signature_prefix="sha256=",
    signature_encoding="base64",
    handshake=XChallenge(),
    docs=SchemeDocs(
        title="X",
        secret_from="X Developer Portal > the app's Keys and tokens: the API Key Secret (consumer secret)",
        url="https://docs.x.com/x-api/webhooks/introduction",
        notes=(
            "X checks the URL every hour with a GET request that has a `crc_token`, and the receiver "
            "responds with the token's HMAC-SHA256. The key is also that of deliveries, so only a token "
            "that cannot be a delivery is signed: base64, `_` and `-`. Behind a lookup, the check gets "
            "405: pass a `Verifier`. Deliveries have no message id."
        ),
    ),
)
