"""Real servers for the shapes, in threads of this process, so that a test sees what was committed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server

__all__ = ["served_wsgi"]


@contextmanager
def served_wsgi(app: Any) -> Generator[str]:
    """A WSGI application behind werkzeug's threaded server; gives its URL."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
