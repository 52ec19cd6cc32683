"""App Store Server Notifications V2: the body contains a signature with its payload and its certificates."""

from __future__ import annotations

import re
from typing import Any

from webhook_verify.errors import InvalidSecret
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.body_scheme import get_field
from webhook_verify.schemes.differences import Difference
from webhook_verify.schemes.jws_chain import ChainKeys
from webhook_verify.schemes.jws_scheme import JwsScheme
from webhook_verify.secret import Secret

__all__ = ["SCHEME", "AppleAppStore"]

_ROOT_G3 = "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179"
_MARKS = ("1.2.840.113635.100.6.11.1", "1.2.840.113635.100.6.2.1")  # of Apple's own library
_ENVIRONMENTS = ("Production", "Sandbox")
_BUNDLE = re.compile(r"[A-Za-z0-9.-]{1,155}", re.ASCII)
_PARTS = ("data", "summary", "externalPurchaseToken", "appData")


class AppleAppStore(JwsScheme):
    """App Store Server Notifications V2. The secret is the bundle id of the app.

    Args:
        environment: `Production` or `Sandbox`.
        app_apple_id: The Apple ID of the app, which notifications of production must then have.
        roots: The trusted root certificates, as PEM or DER. None: Apple Root CA - G3, by its fingerprint.

    Raises:
        ImportError: If `roots` is given and the extra `asymmetric` is not installed.
        ValueError: If an argument is invalid.
    """

    fetches_keys = False
    has_key_cache = False
    decoy_secret = "invalid.unknown-sender"

    def __init__(
        self,
        *,
        environment: str = "Production",
        app_apple_id: int | None = None,
        roots: bytes | None = None,
    ) -> None:
        if environment not in _ENVIRONMENTS:
            raise ValueError(f"environment must be one of {', '.join(_ENVIRONMENTS)}; not {environment!r}")
        super().__init__(
            "apple-app-store",
            algorithm="ES256",
            signature_in_body="signedPayload",
            id_in_body="notificationUUID",
            event_type_in_body="notificationType",
            retry_seconds=157 * 3600.0,
            docs=_DOCS,
        )
        self._environment, self._app_apple_id = environment, app_apple_id
        self._roots = frozenset({_ROOT_G3}) if roots is None else _fingerprints_of(roots)

    def _source(self, secret: Secret) -> ChainKeys:
        from webhook_verify.asymmetric import x5c as _needed

        bundle = secret.reveal()
        if not isinstance(bundle, str) or not _BUNDLE.fullmatch(bundle):
            raise InvalidSecret("secret must be the bundle id of the app, such as com.example.app")

        def compare(claims: dict[str, Any]) -> list[Difference]:
            return self._compare(claims, bundle)

        del _needed  # imported so that a missing package is reported when the verifier is made
        return ChainKeys(
            self.algorithm, roots=self._roots, marks=_MARKS, time_member="signedDate", compare=compare
        )

    def _compare(self, claims: dict[str, Any], bundle: str) -> list[Difference]:
        part, fields = next(((each, claims[each]) for each in _PARTS if claims.get(each)), ("data", None))
        received = {name: get_field(fields, name) for name in ("bundleId", "environment", "appAppleId")}
        if part == "externalPurchaseToken":
            token = get_field(fields, "externalPurchaseId")
            is_sandbox = isinstance(token, str) and token.startswith("SANDBOX")
            received["environment"] = "Sandbox" if is_sandbox else "Production"
        expected: dict[str, object] = {"bundleId": bundle, "environment": self._environment}
        if self._app_apple_id is not None and self._environment == "Production":
            expected["appAppleId"] = self._app_apple_id
        return [
            Difference(f"{part}.{name}", value, received[name])
            for name, value in expected.items()
            if received[name] != value
        ]


def _fingerprints_of(roots: bytes) -> frozenset[str]:
    from webhook_verify.asymmetric.x5c import fingerprints_of

    return fingerprints_of(roots)


_DOCS = SchemeDocs(
    title="Apple App Store Server Notifications V2",
    secret_from="the bundle id of your app, which notifications of other apps do not have",
    url="https://developer.apple.com/documentation/appstoreservernotifications",
    notes=(
        "`delivery.json()` returns the verified payload, and `delivery.body` is the received body. "
        "The payload's `signedTransactionInfo` and `signedRenewalInfo` are separate signatures: decode "
        "them with Apple's `app-store-server-library`, or without verification, because the payload that "
        "contains them is verified. "
        "The sandbox is another environment: use `AppleAppStore(environment='Sandbox')` of "
        "`webhook_verify.schemes.providers.apple_app_store`. "
        "The chain of certificates must end in Apple Root CA - G3, or in your `roots=`. "
        "It must be valid at the `signedDate` of the payload, and revocation (OCSP) is not checked. "
        "The age of `signedDate` is not limited, as in Apple's library without online checks: use a replay "
        "guard. "
        "Pass `app_apple_id=` to check `appAppleId` in production, as Apple's library does. "
        "Version 1 is not signed, and not supported."
    ),
    retries=(
        "5 times, 1, 12, 24, 48 and 72 hours after the previous attempt, if the response is not 200 to 206 "
        "([documentation](https://developer.apple.com/documentation/appstoreservernotifications/"
        "responding-to-app-store-server-notifications)); a retry has the same `notificationUUID` "
        "([Apple engineer](https://developer.apple.com/forums/thread/756151))"
    ),
)

SCHEME = AppleAppStore()
