"""`gunicorn --preload`: client, secret source and store are used before the workers are forked."""

from __future__ import annotations

import base64
import hashlib
import http.client
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.api.fake_server import Asked, StandIn
from tests.processes import free_port, listens, started
from tests.replay.helpers import Servers, skipping
from tests.replay.servers import redis_server
from tests.waiting import patience
from webhook_verify import Signer

TENANTS = [f"ep_{number}" for number in range(4)]

APP = """
from flask import Flask
from webhook_verify import Receiver
from webhook_verify.adapters.flask import webhook
from webhook_verify.api.svix import Svix, SvixSecretSource
from webhook_verify.replay import RedisStore, ReplayGuard

svix = Svix("token", server_url={api!r})
sources = {{tenant: SvixSecretSource(svix, "acme", tenant) for tenant in {tenants!r}}}
sources["ep_0"]()
store = RedisStore.from_url({redis!r})
store.claim("at import", "token", lease=60, retention=600)
app = Flask("preload")

def tenant_of(head):
    return head.path.rsplit("/", 1)[-1]

def lookup(head):
    source = sources[tenant_of(head)]
    return source(head)

@app.post("/hook/<tenant>")
@webhook(Receiver(lookup, replay=ReplayGuard(store), namespace=tenant_of))
def hook(delivery, tenant):
    return tenant
"""


def secret_of(tenant: str) -> str:
    return "whsec_" + base64.b64encode(hashlib.sha256(tenant.encode()).digest()).decode()


class Api(StandIn):
    def answer(self, asked: Asked) -> tuple[int, object]:
        time.sleep(0.02)  # long enough for two workers to ask at once
        return 200, {"key": secret_of(asked.path.split("/")[-2])}


def post(port: int, tenant: str) -> object:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    try:
        connection.request("POST", f"/hook/{tenant}", b"{}", Signer(secret_of(tenant)).sign(b"{}"))
        response = connection.getresponse()
        return response.status if response.read() == tenant.encode() else "another tenant's response"
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.server
def test_each_genuine_delivery_is_right_behind_preload(servers: Servers, tmp_path: Path) -> None:
    with skipping():
        redis = servers.use(redis_server).url
    results: Counter[object] = Counter()
    with Api() as api:
        tmp_path.joinpath("app.py").write_text(APP.format(api=api.url, redis=redis, tenants=TENANTS))
        for _ in range(4):  # what goes wrong does so with the first deliveries
            port = free_port()
            address = f"127.0.0.1:{port}"
            command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "4", "-b", address, "app:app"]
            with started(command, cwd=tmp_path):
                end = time.monotonic() + patience(20)
                while not listens(port) and time.monotonic() < end:
                    time.sleep(0.05)

                def send(number: int, port: int = port) -> None:
                    for call in range(25):
                        results[post(port, TENANTS[(number + call) % 4])] += 1

                threads = [threading.Thread(target=send, args=(number,)) for number in range(10)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
    assert results == {200: 1000}
