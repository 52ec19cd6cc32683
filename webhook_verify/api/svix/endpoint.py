"""Operations on endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, optional, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.account import RecoverOut, ReplayOut
from webhook_verify.api.svix.models.endpoint import (
    BulkReplayIn,
    EndpointAttemptStats,
    EndpointHeadersIn,
    EndpointHeadersOut,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    EndpointSecretOut,
    EndpointSecretRotateIn,
    EndpointStats,
    EndpointUpsertIn,
    EventExampleIn,
    RecoverIn,
    ReplayIn,
)
from webhook_verify.api.svix.models.message import MessageOut
from webhook_verify.api.svix.models.page import Page
from webhook_verify.api.svix.transformation import Transformation

__all__ = ["Endpoint", "Transformation"]

_ONE = "/api/v1/app/{}/endpoint/{}"


class Endpoint(Resource[AnySender]):
    """Operations on the endpoints of an application.

    Args:
        sender: Sends the operations.

    Attributes:
        transformation: Operations on the transformation of an endpoint.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.transformation: Transformation[AnySender] = Transformation(sender)

    @paged
    def list(self, app_id: str, **call: Unpack[ListCall]) -> Operation[Page[EndpointOut]]:
        """List the endpoints of an application.

        Args:
            app_id: Id or uid of the application.
            **call: Paging (`limit`, `iterator`, `order`), `timeout` in seconds.

        Returns:
            The endpoints; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("GET", "/api/v1/app/{}/endpoint", app_id, query=call, returns=Page[EndpointOut])

    @operation
    def create(
        self, app_id: str, endpoint_in: EndpointIn, **call: Unpack[PostCall]
    ) -> Operation[EndpointOut]:
        """Create an endpoint. It receives messages immediately.

        Args:
            app_id: Id or uid of the application.
            endpoint_in: The endpoint to create.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `app_id` is empty, `.` or `..`.
        """
        return request("POST", "/api/v1/app/{}/endpoint", app_id, body=endpoint_in, returns=EndpointOut)

    @operation
    def get(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[EndpointOut]:
        """Return an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("GET", _ONE, app_id, endpoint_id, returns=EndpointOut)

    @operation
    def upsert(
        self, app_id: str, endpoint_id: str, endpoint_upsert_in: EndpointUpsertIn, **call: Unpack[Call]
    ) -> Operation[EndpointOut]:
        """Replace an endpoint, or create it if it does not exist.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            endpoint_upsert_in: All fields of the endpoint. Fields that are `UNSET` get their defaults.
            **call: `timeout` in seconds.

        Returns:
            The endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("PUT", _ONE, app_id, endpoint_id, body=endpoint_upsert_in, returns=EndpointOut)

    @operation
    def patch(
        self, app_id: str, endpoint_id: str, endpoint_patch: EndpointPatch, **call: Unpack[Call]
    ) -> Operation[EndpointOut]:
        """Change individual fields of an endpoint.

        Not in API 1.4.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            endpoint_patch: The fields to change. Fields that are `UNSET` keep their values; None clears
                a field.
            **call: `timeout` in seconds.

        Returns:
            The changed endpoint.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("PATCH", _ONE, app_id, endpoint_id, body=endpoint_patch, returns=EndpointOut)

    @operation
    def delete(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            None once it is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("DELETE", _ONE, app_id, endpoint_id)

    @operation
    def get_secret(self, app_id: str, endpoint_id: str, **call: Unpack[Call]) -> Operation[EndpointSecretOut]:
        """Return the signing secret of an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The secret, as `webhook_verify.Verifier` takes it.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/secret", app_id, endpoint_id, returns=EndpointSecretOut)

    @operation
    def rotate_secret(
        self,
        app_id: str,
        endpoint_id: str,
        rotation: EndpointSecretRotateIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[EndpointSecretOut | None]:
        """Replace the signing secret of an endpoint.

        During a grace period, a day by default, messages are signed with both secrets.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            rotation: The new secret and the grace period. By default the server generates the secret.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The new secret, or None if the response lacks it, as the open source server's does. Then call
            `get_secret`.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        rotation = rotation or EndpointSecretRotateIn()
        decode = optional(EndpointSecretOut)
        return request("POST", _ONE + "/secret/rotate", app_id, endpoint_id, body=rotation, decode=decode)

    @operation
    def get_headers(
        self, app_id: str, endpoint_id: str, **call: Unpack[Call]
    ) -> Operation[EndpointHeadersOut]:
        """Return the additional headers of an endpoint's deliveries.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            **call: `timeout` in seconds.

        Returns:
            The headers.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/headers", app_id, endpoint_id, returns=EndpointHeadersOut)

    headers = get_headers

    @operation
    def set_headers(
        self, app_id: str, endpoint_id: str, endpoint_headers_in: EndpointHeadersIn, **call: Unpack[Call]
    ) -> Operation[None]:
        """Replace the additional headers of an endpoint's deliveries.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            endpoint_headers_in: All additional headers.
            **call: `timeout` in seconds.

        Returns:
            None once the headers are set.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("PUT", _ONE + "/headers", app_id, endpoint_id, body=endpoint_headers_in)

    @operation
    def patch_headers(
        self,
        app_id: str,
        endpoint_id: str,
        endpoint_headers_patch_in: EndpointHeadersPatchIn,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Set or remove individual headers of an endpoint's deliveries.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            endpoint_headers_patch_in: The headers to set, and the names of those to remove.
            **call: `timeout` in seconds.

        Returns:
            None once the headers are changed.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("PATCH", _ONE + "/headers", app_id, endpoint_id, body=endpoint_headers_patch_in)

    @operation
    def get_stats(
        self,
        app_id: str,
        endpoint_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        **call: Unpack[Call],
    ) -> Operation[EndpointStats]:
        """Count an endpoint's messages by status."""
        query = {"since": since, "until": until}
        return request("GET", _ONE + "/stats", app_id, endpoint_id, query=query, returns=EndpointStats)

    @operation
    def get_attempt_stats(
        self,
        app_id: str,
        endpoint_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        **call: Unpack[Call],
    ) -> Operation[EndpointAttemptStats]:
        """Count the attempts at an endpoint by result. The period is rounded to hours."""
        query = {"since": since, "until": until}
        template = _ONE + "/attempt-stats"
        return request("GET", template, app_id, endpoint_id, query=query, returns=EndpointAttemptStats)

    @operation
    def recover(
        self, app_id: str, endpoint_id: str, recover_in: RecoverIn, **call: Unpack[PostCall]
    ) -> Operation[RecoverOut]:
        """Start a task that resends failed messages to an endpoint.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            recover_in: The period of the messages.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The task.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request("POST", _ONE + "/recover", app_id, endpoint_id, body=recover_in, returns=RecoverOut)

    @operation
    def replay_missing(
        self, app_id: str, endpoint_id: str, replay_in: ReplayIn, **call: Unpack[PostCall]
    ) -> Operation[ReplayOut]:
        """Start a task that sends messages that were never attempted at this endpoint."""
        return request(
            "POST", _ONE + "/replay-missing", app_id, endpoint_id, body=replay_in, returns=ReplayOut
        )

    @operation
    def bulk_replay(
        self, app_id: str, endpoint_id: str, bulk_replay_in: BulkReplayIn, **call: Unpack[PostCall]
    ) -> Operation[ReplayOut]:
        """Start a task that resends messages, whether or not they were delivered before. Not in API 1.4."""
        return request(
            "POST", _ONE + "/bulk-replay", app_id, endpoint_id, body=bulk_replay_in, returns=ReplayOut
        )

    @operation
    def send_example(
        self, app_id: str, endpoint_id: str, event_example_in: EventExampleIn, **call: Unpack[PostCall]
    ) -> Operation[MessageOut]:
        """Send an event type's example to this endpoint only.

        Args:
            app_id: Id or uid of the application.
            endpoint_id: Id or uid of the endpoint.
            event_example_in: The event type, and which of its examples.
            **call: `timeout` in seconds, `idempotency_key`.

        Returns:
            The message that was sent.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        return request(
            "POST", _ONE + "/send-example", app_id, endpoint_id, body=event_example_in, returns=MessageOut
        )
