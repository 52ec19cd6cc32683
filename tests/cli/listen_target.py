"""What ``listen`` is sent, an application behind it, and what is in its store."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.signing import SECRET
from webhook_verify import Signer
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery

__all__ = ["BODY", "OK", "Application", "all_kept", "signed"]

BODY = b'{"type":"endpoint.created","data":{}}'


def signed(body: bytes = BODY, **given: Any) -> dict[str, str]:
    return Signer(SECRET).sign(body, **given)


class Application:
    """An application of few words: it keeps the head of each request, and gives one answer."""

    def __init__(self, answer: bytes, after: float = 0) -> None:
        self._answer, self._after = answer, after
        self._requests: list[bytes] = []

    def __enter__(self) -> tuple[str, list[bytes]]:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}", self._requests

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                request = b""
                while not request.endswith(BODY) and (chunk := connection.recv(65536)):
                    request += chunk  # b"" if the client has given up, as it does on a busy machine
                self._requests.append(request)
                time.sleep(self._after)
                with suppress(OSError):
                    connection.sendall(self._answer)

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


def all_kept(store: Path) -> list[StoredDelivery]:
    kept = DeliveryStore(store, must_exist=True)
    found = list(kept.all())
    kept.close()
    return found
