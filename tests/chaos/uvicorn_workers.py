"""uvicorn in worker processes: ``python -m tests.chaos.uvicorn_workers PORT WORKERS MODULE``, until ended.

A worker that dies is replaced. uvicorn's supervisor starts a new interpreter for each, which takes longer
than the lifetime of a worker here, so these are forked.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any, NoReturn

import uvicorn


def main(port: int, workers: int, module: str) -> None:
    create_app = import_module(module).starlette_app
    # With the protocol TCP, because only then asyncio turns off Nagle's algorithm, which delays by 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(1024)
    signal.signal(signal.SIGTERM, _stop)
    children: set[int] = set()
    try:
        while True:
            while len(children) < workers:
                children.add(_fork(listening, create_app))
            children.discard(os.wait()[0])
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)


def _stop(*_: object) -> NoReturn:
    raise SystemExit


def _fork(listening: socket.socket, create_app: Callable[[], Any]) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    config = uvicorn.Config(create_app(), log_level="warning", access_log=False)
    try:
        uvicorn.Server(config).run(sockets=[listening])
    finally:
        os._exit(1)


def _end_with(parent: int) -> None:
    """End the worker if its master was killed."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
