"""Razorpay: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("razorpay", by="razorpay (PyPI)")
def test_razorpay() -> None:
    client = sdk("razorpay").Client(auth=("rzp_test_key", "the secret of the API key"))

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return client.utility.verify_webhook_signature(body, headers["x-razorpay-signature"], secret)

    they_take_what_we_sign("razorpay", in_python(judge))
