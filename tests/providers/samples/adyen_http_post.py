"""The sample of Adyen's webhooks with the method HTTP POST."""

from __future__ import annotations

from tests.providers.sample import Sample, sign_in_body, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="adyen-http-post",
    secret="44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056",
    other_secret="DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
    body=text_body(
        "live=false&eventCode=AUTHORISATION&pspReference=ID&originalReference=&merchantReference=order+14%3A05"
        "&merchantAccountCode=TestMerchant&success=true&currency=EUR&value=1130&paymentMethod=visa"
    ),
    sign=sign_in_body,
)
