"""Operations on AutoConfig subscriptions, whose token configures a receiver."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api.svix.models.autoconfig import (
    AutoConfigOut,
    CreateAutoConfigSubscriptionIn,
    RotateSubscriptionIn2,
)

__all__ = ["AutoconfigSubscription"]

_ALL, _ONE = "/api/v1/app/{}/autoconfig", "/api/v1/app/{}/autoconfig/{}"


class AutoconfigSubscription(Resource[AnySender]):
    """Operations on the AutoConfig subscriptions of an application. Not in API 1.4."""

    @operation
    def create(
        self,
        app_id: str,
        create_auto_config_subscription_in: CreateAutoConfigSubscriptionIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[AutoConfigOut]:
        """Create an AutoConfig subscription and its token."""
        body = create_auto_config_subscription_in or CreateAutoConfigSubscriptionIn()
        return request("POST", _ALL, app_id, body=body, returns=AutoConfigOut)

    @operation
    def delete(self, app_id: str, autoconfig_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an AutoConfig subscription. Its token is then invalid."""
        return request("DELETE", _ONE, app_id, autoconfig_id)

    @operation
    def rotate(
        self,
        app_id: str,
        autoconfig_id: str,
        rotate_subscription_in2: RotateSubscriptionIn2 | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[AutoConfigOut]:
        """Replace the token and the signing secret of an AutoConfig subscription."""
        body = rotate_subscription_in2 or RotateSubscriptionIn2()
        return request("POST", _ONE + "/rotate", app_id, autoconfig_id, body=body, returns=AutoConfigOut)
