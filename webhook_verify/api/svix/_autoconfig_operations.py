"""Operations of receivers and consumers with an AutoConfig token, declared once for both worlds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Unpack

from webhook_verify.api._operation import Call, Operation, OperationSteps, PostCall, perform, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api.svix._autoconfig_token import AutoConfigToken
from webhook_verify.api.svix.models.autoconfig import (
    AutoConfigSinkType,
    AutoConfigSubscriptionOut,
    PollerV2CommitIn,
    PollerV2PollOut,
    SinkInCommon,
    StartingPosition,
    SubscribeIn,
)
from webhook_verify.api.svix.models.destination import DestinationIn, DestinationOut
from webhook_verify.api.svix.models.endpoint import EndpointIn, EndpointOut
from webhook_verify.errors import APIError
from webhook_verify.tracebacks import safe_repr
from webhook_verify.verifier import Verifier

if TYPE_CHECKING:
    pass

__all__ = ["AutoConfigConsumerOperations", "AutoConfigReceiverOperations"]

_SUBSCRIPTION = "/api/v1/app/{}/autoconfig/{}"
_ENDPOINT = "/api/v1/app/{}/endpoint/{}/auto-config"
_CONSUMER = "/api/v1/app/{}/polling-endpoint/{}/consumer/{}"


@safe_repr
class _Configured(Resource[AnySender]):
    """The token of a receiver or a consumer."""

    def __init__(self, token: AutoConfigToken, sender: AnySender) -> None:
        super().__init__(sender)
        self._token = token

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.sender.base_url!r})"


class AutoConfigReceiverOperations(_Configured[AnySender]):
    """The operations of a receiver, and its verifier."""

    def __init__(
        self,
        token: AutoConfigToken,
        endpoint: EndpointIn | None,
        tolerance: timedelta | float,
        sender: AnySender,
    ) -> None:
        super().__init__(token, sender)
        self._endpoint = endpoint
        self.verifier: Verifier = Verifier(token.signing_secret, tolerance=tolerance)

    @operation
    def subscribe(self, **call: Unpack[Call]) -> Operation[EndpointOut]:
        """Create or replace the endpoint of the subscription.

        Args:
            **call: `timeout` in seconds.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If this object was created without an endpoint.
        """
        if self._endpoint is None:
            raise ValueError("endpoint is missing: pass an EndpointIn with the token to subscribe")
        app_id, endpoint_id, subscription_id, *_ = self._token
        if subscription_id:
            template, body = _SUBSCRIPTION + "/endpoint", self._endpoint
            return request("PUT", template, app_id, subscription_id, body=body, returns=EndpointOut)
        version_1 = SubscribeIn(endpoint=self._endpoint)
        return request("PUT", _ENDPOINT, app_id, endpoint_id, body=version_1, returns=EndpointOut)


class AutoConfigConsumerOperations(_Configured[AnySender]):
    """The operations of a consumer, which fetches messages instead of receiving deliveries."""

    def __init__(self, token: AutoConfigToken, sink_in: SinkInCommon | None, sender: AnySender) -> None:
        super().__init__(token, sender)
        self._sink_in = sink_in or SinkInCommon()
        self._sink_id = token.endpoint_id

    @operation
    def subscribe(self, **call: Unpack[Call]) -> OperationSteps[DestinationOut | EndpointOut]:
        """Create or replace the polling endpoint of the subscription."""
        app_id, endpoint_id, subscription_id, *_ = self._token
        sink = self._sink_in
        if not subscription_id:
            version_1 = SubscribeIn(sink=AutoConfigSinkType(config=sink))
            return (
                yield from perform(
                    request("PUT", _ENDPOINT, app_id, endpoint_id, body=version_1, returns=EndpointOut)
                )
            )
        body = DestinationIn(
            type="pollingEndpoint",
            uid=sink.uid,
            event_types=sink.event_types,
            channels=sink.channels,
            metadata=sink.metadata or {},
        )
        template = _SUBSCRIPTION + "/destination"
        destination = yield from perform(
            request("PUT", template, app_id, subscription_id, body=body, returns=DestinationOut)
        )
        self._sink_id = destination.id
        return destination

    @operation
    def receive(
        self,
        consumer_id: str,
        *,
        limit: int | None = None,
        lease_duration_ms: int | None = None,
        starting_position: StartingPosition | None = None,
        **call: Unpack[Call],
    ) -> OperationSteps[PollerV2PollOut]:
        """Fetch a consumer's next messages. The server leases them to the consumer until `commit`.

        Args:
            consumer_id: Id of the consumer.
            limit: Maximum number of messages.
            lease_duration_ms: Duration of the lease in milliseconds.
            starting_position: Where a new consumer starts.
            **call: `timeout` in seconds.

        Returns:
            The messages.

        Raises:
            APIError: If a request fails after its retries, or before `subscribe`.
            ValueError: If `consumer_id` is empty, `.` or `..`.
        """
        sink_id = yield from self._known_sink_id()
        query = {
            "limit": limit,
            "lease_duration_ms": lease_duration_ms,
            "starting_position": starting_position,
        }
        app_id, returns = self._token.app_id, PollerV2PollOut
        return (
            yield from perform(
                request("GET", _CONSUMER, app_id, sink_id, consumer_id, query=query, returns=returns)
            )
        )

    @operation
    def commit(self, consumer_id: str, offset: int, **call: Unpack[PostCall]) -> OperationSteps[None]:
        """Store the position up to which a consumer has processed its messages."""
        sink_id = yield from self._known_sink_id()
        body, app_id = PollerV2CommitIn(offset=offset), self._token.app_id
        yield from perform(request("POST", _CONSUMER + "/commit", app_id, sink_id, consumer_id, body=body))

    def _known_sink_id(self) -> OperationSteps[str]:
        """Read the id of the polling endpoint once. A token of version 1 contains it."""
        if not self._sink_id:
            ids, returns = (self._token.app_id, self._token.subscription_id), AutoConfigSubscriptionOut
            subscription = yield from perform(request("GET", _SUBSCRIPTION, *ids, returns=returns))
            if subscription.dest_id is None:
                raise APIError("the subscription is pending: call subscribe() first")
            self._sink_id = subscription.dest_id
        return self._sink_id
