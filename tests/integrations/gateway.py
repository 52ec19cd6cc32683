"""A stand-in for Amazon API Gateway: ``python -m tests.integrations.gateway <port> <1.0|2.0>``.

It makes an event of each HTTP request, as the format's documentation says, calls the function, and
makes an HTTP answer of what it returns. Format 2.0 has each header once, in lower case, with what stood
twice joined by a comma; 1.0 has them as they came, and all values in ``multiValueHeaders``.
"""

from __future__ import annotations

import socket
import sys
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import h11

from tests.integrations.loader import app as function

Event = dict[str, Any]
Pairs = list[tuple[str, str]]

_TEXT = ("application/json", "text/")
_CRASHED = {"1.0": 502, "2.0": 500}  # what the gateway answers when the function raises


def event_1(method: str, target: str, pairs: Pairs, body: bytes) -> Event:
    """A REST API's event, with ``*/*`` among its binary media types."""
    path, _, _ = target.partition("?")
    several: dict[str, list[str]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    return {
        "version": "1.0",
        "resource": "/{proxy+}",
        "path": unquote(path),
        "httpMethod": method,
        "headers": {name: values[-1] for name, values in several.items()} or None,
        "multiValueHeaders": several or None,
        "queryStringParameters": None,
        "requestContext": {"httpMethod": method, "path": unquote(path), "stage": "$default"},
        "body": b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


def event_2(method: str, target: str, pairs: Pairs, body: bytes) -> Event:
    """An HTTP API's or a function URL's event."""
    path, _, query = target.partition("?")
    joined: dict[str, str] = {}
    for name, value in pairs:
        name = name.lower()
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": joined,
        "requestContext": {"http": {"method": method, "path": unquote(path), "protocol": "HTTP/1.1"}},
        "isBase64Encoded": False,
    }
    if body:
        text = _as_text(joined.get("content-type", ""), body)
        event["body"] = b64encode(body).decode() if text is None else text
        event["isBase64Encoded"] = text is None
    return event


def _as_text(content_type: str, body: bytes) -> str | None:
    if not content_type.startswith(_TEXT):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


EVENTS: dict[str, Callable[[str, str, Pairs, bytes], Event]] = {"1.0": event_1, "2.0": event_2}


def serve(port: int, version: str) -> None:
    """Serve one connection after the other, until terminated."""
    with socket.create_server(("127.0.0.1", port), backlog=64) as listening:
        while True:
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(2)
                try:
                    _serve_one(connection, version)
                except OSError:
                    continue  # the client has gone


def _serve_one(connection: socket.socket, version: str) -> None:
    talk = h11.Connection(h11.SERVER)
    try:
        request, body = _request(connection, talk)
    except h11.RemoteProtocolError as error:
        _answer(connection, "POST", {"statusCode": error.error_status_hint})
        return
    method = request.method.decode()
    pairs = [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw_items()]
    event = EVENTS[version](method, request.target.decode(), pairs, body)
    try:
        result = function(event, None)
    except Exception:
        traceback.print_exc()
        result = {"statusCode": _CRASHED[version]}
    _answer(connection, method, result)


def _request(connection: socket.socket, talk: h11.Connection) -> tuple[h11.Request, bytes]:
    request, body = None, bytearray()
    while True:
        event = talk.next_event()
        if event is h11.NEED_DATA:
            if talk.they_are_waiting_for_100_continue:
                connection.sendall(talk.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            talk.receive_data(connection.recv(65_536))
        elif isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif request is None:
            raise ConnectionError("closed without a request")
        else:
            return request, bytes(body)


def _answer(connection: socket.socket, method: str, result: Event) -> None:
    content = result.get("body") or ""
    body = b64decode(content) if result.get("isBase64Encoded") else content.encode()
    status: int = result["statusCode"]
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in (result.get("headers") or {}).items()]
    lines += ["connection: close"]
    if status != HTTPStatus.NO_CONTENT:
        lines += [f"content-length: {len(body)}"]
    head = "\r\n".join([*lines, "", ""]).encode()
    connection.sendall(head if method == "HEAD" or status == HTTPStatus.NO_CONTENT else head + body)
    connection.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
