"""WeChat Pay: RSA with SHA-256 of timestamp, nonce and body, each with a line break after it."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "wechat-pay",
    signature_header="wechatpay-signature",
    algorithm="rsa-sha256",
    signature_encoding="base64",
    secret_encoding="base64",
    signed_content="{timestamp}\n{header:wechatpay-nonce}\n{body}\n",
    timestamp_header="wechatpay-timestamp",
    id_in_body="id",
    event_type_in_body="event_type",
    retry_seconds=86_640.0,
    docs=SchemeDocs(
        title="WeChat Pay",
        secret_from=(
            "the merchant platform's API security page: the WeChat Pay public key, as PEM or base64; for an "
            "older account the public key of the platform certificate (`openssl x509 -pubkey -noout`)"
        ),
        url="https://pay.weixin.qq.com/doc/v3/merchant/4012071382",
        notes=(
            "Notifications of API v3 only. `wechatpay-serial` contains the id of the key. It is neither "
            "signed nor read, because each configured key is tried. While WeChat Pay changes from one "
            "key to another, pass both. The body is signed, but its `resource` is also encrypted "
            "(AES-256-GCM) with the APIv3 key, which is not the secret of this scheme: decrypt it in your "
            "handler. Respond within 5 seconds."
        ),
        retries=(
            "15 times within 24 hours and 4 minutes "
            "([documentation](https://pay.weixin.qq.com/docs/partner/apis/partner-native-payment/"
            "payment-notice.html)); the timestamp of a retry is not documented"
        ),
    ),
)
