"""Operations on streams, their event types, events and sinks."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall, PageCall
from webhook_verify.api.svix.models.endpoint import EndpointHeadersOut, EndpointSecretRotateIn
from webhook_verify.api.svix.models.page import Page
from webhook_verify.api.svix.models.sink import (
    HttpSinkHeadersPatchIn,
    SinkSecretOut,
    SinkSecretRotateOut,
    SinkTransformIn,
    SinkTransformationOut,
    StreamSinkIn,
    StreamSinkOut,
    StreamSinkPatch,
)
from webhook_verify.api.svix.models.stream import (
    CreateStreamEventsIn,
    EventStreamOut,
    StreamEventTypeIn,
    StreamEventTypeOut,
    StreamEventTypePatch,
    StreamIn,
    StreamOut,
    StreamPatch,
)

__all__ = [
    "Streaming",
    "StreamingEventType",
    "StreamingEvents",
    "StreamingSink",
    "StreamingSinkTransformation",
    "StreamingStream",
]

_STREAMS, _STREAM = "/api/v1/stream", "/api/v1/stream/{}"
_TYPES, _TYPE = "/api/v1/stream/event-type", "/api/v1/stream/event-type/{}"
_SINKS, _SINK = "/api/v1/stream/{}/sink", "/api/v1/stream/{}/sink/{}"


class StreamingEventType(Resource[AnySender]):
    """Operations on the event types of streams, which are identified by their names."""

    @paged
    def list(
        self, *, include_archived: bool | None = None, **call: Unpack[ListCall]
    ) -> Operation[Page[StreamEventTypeOut]]:
        """List the event types of streams."""
        query = {"include_archived": include_archived, **call}
        return request("GET", _TYPES, query=query, returns=Page[StreamEventTypeOut])

    @operation
    def create(
        self, stream_event_type_in: StreamEventTypeIn, **call: Unpack[PostCall]
    ) -> Operation[StreamEventTypeOut]:
        """Create an event type of streams."""
        return request("POST", _TYPES, body=stream_event_type_in, returns=StreamEventTypeOut)

    @operation
    def get(self, name: str, **call: Unpack[Call]) -> Operation[StreamEventTypeOut]:
        """Return an event type of streams."""
        return request("GET", _TYPE, name, returns=StreamEventTypeOut)

    @operation
    def upsert(
        self, name: str, stream_event_type_in: StreamEventTypeIn, **call: Unpack[Call]
    ) -> Operation[StreamEventTypeOut]:
        """Replace an event type of streams, or create it if it does not exist."""
        return request("PUT", _TYPE, name, body=stream_event_type_in, returns=StreamEventTypeOut)

    @operation
    def delete(self, name: str, *, expunge: bool | None = None, **call: Unpack[Call]) -> Operation[None]:
        """Archive an event type of streams, or delete it with `expunge`."""
        query = {"expunge": expunge}
        return request("DELETE", _TYPE, name, query=query)

    @operation
    def patch(
        self, name: str, stream_event_type_patch: StreamEventTypePatch, **call: Unpack[Call]
    ) -> Operation[StreamEventTypeOut]:
        """Change individual fields of an event type of streams."""
        return request("PATCH", _TYPE, name, body=stream_event_type_patch, returns=StreamEventTypeOut)


class StreamingEvents(Resource[AnySender]):
    """Operations on the events of a stream."""

    @operation
    def get(
        self, stream_id: str, sink_id: str, *, after: datetime | None = None, **call: Unpack[PageCall]
    ) -> Operation[EventStreamOut]:
        """Fetch events from an iterator that the caller stores."""
        query = {"after": after, **call}
        return request("GET", _SINK + "/events", stream_id, sink_id, query=query, returns=EventStreamOut)

    @operation
    def create(
        self, stream_id: str, create_stream_events_in: CreateStreamEventsIn, **call: Unpack[PostCall]
    ) -> Operation[None]:
        """Add events to a stream."""
        return request("POST", _STREAM + "/events", stream_id, body=create_stream_events_in)


class StreamingSinkTransformation(Resource[AnySender]):
    """Operations on the JavaScript code that transforms the events to a sink."""

    @operation
    def get(self, stream_id: str, sink_id: str, **call: Unpack[Call]) -> Operation[SinkTransformationOut]:
        """Return the transformation of a sink."""
        return request("GET", _SINK + "/transformation", stream_id, sink_id, returns=SinkTransformationOut)

    @operation
    def patch(
        self, stream_id: str, sink_id: str, sink_transform_in: SinkTransformIn, **call: Unpack[Call]
    ) -> Operation[None]:
        """Set or remove the transformation of a sink."""
        return request("PATCH", _SINK + "/transformation", stream_id, sink_id, body=sink_transform_in)


class StreamingSink(Resource[AnySender]):
    """Operations on the sinks of a stream.

    Args:
        sender: Sends the operations.

    Attributes:
        transformation: Operations on the transformation of a sink.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.transformation: StreamingSinkTransformation[AnySender] = StreamingSinkTransformation(sender)

    @paged
    def list(self, stream_id: str, **call: Unpack[ListCall]) -> Operation[Page[StreamSinkOut]]:
        """List the sinks."""
        return request("GET", _SINKS, stream_id, query=call, returns=Page[StreamSinkOut])

    @operation
    def create(
        self, stream_id: str, stream_sink_in: StreamSinkIn, **call: Unpack[PostCall]
    ) -> Operation[StreamSinkOut]:
        """Create a sink."""
        return request("POST", _SINKS, stream_id, body=stream_sink_in, returns=StreamSinkOut)

    @operation
    def get(self, stream_id: str, sink_id: str, **call: Unpack[Call]) -> Operation[StreamSinkOut]:
        """Return a sink."""
        return request("GET", _SINK, stream_id, sink_id, returns=StreamSinkOut)

    @operation
    def upsert(
        self, stream_id: str, sink_id: str, stream_sink_in: StreamSinkIn, **call: Unpack[Call]
    ) -> Operation[StreamSinkOut]:
        """Replace a sink, or create it if it does not exist."""
        return request("PUT", _SINK, stream_id, sink_id, body=stream_sink_in, returns=StreamSinkOut)

    @operation
    def delete(self, stream_id: str, sink_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete a sink."""
        return request("DELETE", _SINK, stream_id, sink_id)

    @operation
    def patch(
        self, stream_id: str, sink_id: str, stream_sink_patch: StreamSinkPatch, **call: Unpack[Call]
    ) -> Operation[StreamSinkOut]:
        """Change individual fields of a sink."""
        return request("PATCH", _SINK, stream_id, sink_id, body=stream_sink_patch, returns=StreamSinkOut)

    @operation
    def get_secret(self, stream_id: str, sink_id: str, **call: Unpack[Call]) -> Operation[SinkSecretOut]:
        """Return the signing secret of an HTTP sink."""
        return request("GET", _SINK + "/secret", stream_id, sink_id, returns=SinkSecretOut)

    @operation
    def rotate_secret(
        self,
        stream_id: str,
        sink_id: str,
        endpoint_secret_rotate_in: EndpointSecretRotateIn | None = None,
        **call: Unpack[PostCall],
    ) -> Operation[SinkSecretRotateOut]:
        """Replace the signing secret of an HTTP sink."""
        template, body = _SINK + "/secret/rotate", endpoint_secret_rotate_in or EndpointSecretRotateIn()
        return request("POST", template, stream_id, sink_id, body=body, returns=SinkSecretRotateOut)


class StreamingStream(Resource[AnySender]):
    """Operations on streams."""

    @paged
    def list(self, **call: Unpack[ListCall]) -> Operation[Page[StreamOut]]:
        """List the streams."""
        return request("GET", _STREAMS, query=call, returns=Page[StreamOut])

    @operation
    def create(self, stream_in: StreamIn, **call: Unpack[PostCall]) -> Operation[StreamOut]:
        """Create a stream."""
        return request("POST", _STREAMS, body=stream_in, returns=StreamOut)

    @operation
    def get(self, stream_id: str, **call: Unpack[Call]) -> Operation[StreamOut]:
        """Return a stream."""
        return request("GET", _STREAM, stream_id, returns=StreamOut)

    @operation
    def upsert(self, stream_id: str, stream_in: StreamIn, **call: Unpack[Call]) -> Operation[StreamOut]:
        """Replace a stream, or create it if it does not exist."""
        return request("PUT", _STREAM, stream_id, body=stream_in, returns=StreamOut)

    @operation
    def delete(self, stream_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete a stream."""
        return request("DELETE", _STREAM, stream_id)

    @operation
    def patch(self, stream_id: str, stream_patch: StreamPatch, **call: Unpack[Call]) -> Operation[StreamOut]:
        """Change individual fields of a stream."""
        return request("PATCH", _STREAM, stream_id, body=stream_patch, returns=StreamOut)


class Streaming(Resource[AnySender]):
    """Operations on Svix Stream. Not in API 1.4.

    Args:
        sender: Sends the operations.

    Attributes:
        event_type: Event types of streams.
        events: Events of a stream.
        sink: Sinks, to which a stream sends its events.
        stream: Streams.
    """

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.event_type: StreamingEventType[AnySender] = StreamingEventType(sender)
        self.events: StreamingEvents[AnySender] = StreamingEvents(sender)
        self.sink: StreamingSink[AnySender] = StreamingSink(sender)
        self.stream: StreamingStream[AnySender] = StreamingStream(sender)

    @operation
    def sink_headers_get(
        self, stream_id: str, sink_id: str, **call: Unpack[Call]
    ) -> Operation[EndpointHeadersOut]:
        """Return the additional headers of an HTTP sink's requests."""
        return request("GET", _SINK + "/headers", stream_id, sink_id, returns=EndpointHeadersOut)

    @operation
    def sink_headers_patch(
        self,
        stream_id: str,
        sink_id: str,
        http_sink_headers_patch_in: HttpSinkHeadersPatchIn,
        **call: Unpack[Call],
    ) -> Operation[EndpointHeadersOut]:
        """Set or remove individual headers of an HTTP sink's requests."""
        body, template = http_sink_headers_patch_in, _SINK + "/headers"
        return request("PATCH", template, stream_id, sink_id, body=body, returns=EndpointHeadersOut)
