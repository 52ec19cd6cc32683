"""A server for `benchmarks.adapters`: ``python -m benchmarks._server <adapter> <way>``.

It listens on a free port on loopback and prints the port. It is uvicorn for ASGI, and for WSGI gunicorn with
one worker, whose threads keep connections alive.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from benchmarks._apps import ASGI, WSGI


def main(adapter: str, way: str) -> None:
    """Serve until terminated."""
    app = (ASGI | WSGI)[adapter](way)
    # asyncio turns Nagle's algorithm off only on a socket with the protocol TCP. Otherwise each response
    # would wait 40 ms for an acknowledgement, and hide the differences.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        print(listening.getsockname()[1], flush=True)
        (_serve_asgi if adapter in ASGI else _serve_wsgi)(app, listening)


def _serve_asgi(app: Any, listening: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off")
    uvicorn.Server(config).run(sockets=[listening])


def _serve_wsgi(app: Any, listening: socket.socket) -> None:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    descriptor = listening.detach()  # gunicorn closes it

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            options = {
                "bind": f"fd://{descriptor}",
                "worker_class": "gthread",
                "threads": 2,
                "keepalive": 60,
                "graceful_timeout": 1,
                "loglevel": "error",
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    Server().run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
