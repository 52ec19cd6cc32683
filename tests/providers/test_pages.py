"""The pages of the providers are generated from the registry, and the receiver of each page works."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests import processes
from tests.providers.interop_sources import BY
from tests.providers.kinds import each_in_its_suite
from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows
from tools import provider_pages
from webhook_verify import schemes
from webhook_verify.schemes.jws_scheme import JwsScheme

PAGES = provider_pages.pages()


@rows("name", PAGES)
def test_a_page_is_not_stale(name: str) -> None:
    text = (provider_pages.DOCS / name).read_text("utf-8")
    assert text == PAGES[name], "make docs writes it anew"


def test_there_is_no_page_of_a_provider_that_is_gone() -> None:
    assert {file.name for file in provider_pages.DOCS.glob("*.md")} == {*PAGES, "own.md"}


@rows("name", schemes.names())
def test_a_page_says_all_there_is_to_know(name: str) -> None:
    scheme = schemes.get(name)
    told = {"title": scheme.docs.title, "secret": scheme.docs.secret_from, "documentation": scheme.docs.url}
    assert [what for what, text in told.items() if not text] == []
    assert scheme.docs.url.startswith("https://")


@pytest.mark.parametrize(
    "name", each_in_its_suite({name: name for name in SAMPLES if name in schemes.names()})
)
def test_the_receiver_of_a_page_takes_a_genuine_delivery(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scheme, sample = schemes.get(name), _by_name(SAMPLES[name])
    monkeypatch.setitem(os.environ, provider_pages.variable(scheme), sample.secret)
    monkeypatch.setitem(os.environ, "META_VERIFY_TOKEN", "a token of ours")
    block = re.findall(r"```python\n(.*?)```", PAGES[f"{name}.md"], re.DOTALL)[0]
    globals_of_page: dict[str, object] = {"__name__": "page"}
    exec(compile(block, name, "exec"), globals_of_page)
    client = TestClient(globals_of_page["app"])  # type: ignore[arg-type]
    # The provider's key, from the provider or below its root: but not yet for what is malformed.
    if scheme.fetches_keys or isinstance(scheme, JwsScheme):
        assert client.post(f"/webhooks/{name}", content=b"{}").status_code == 400
        return
    body, headers = sample.signed(timestamp=int(time.time()))

    def post() -> int:
        return client.request(
            scheme.methods[0], f"/webhooks/{name}", content=body, headers=headers
        ).status_code

    unsigned = client.request(scheme.methods[0], f"/webhooks/{name}", content=b"{}").status_code
    assert [post(), post(), unsigned] == [200, 200, 400]
    once = provider_pages.has_guard(scheme)
    assert len(capsys.readouterr().out.splitlines()) == (1 if once else 2)


CORE_ALONE = """
import json, sys
sys.modules.update(dict.fromkeys(["cryptography", "httpx2", "jwt"]))
from webhook_verify import Verifier
said = {}
for name, secret in json.load(sys.stdin).items():
    try:
        Verifier(secret, scheme=name)
    except ImportError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


def test_a_page_says_what_must_be_installed() -> None:
    """And so does the error of who has not read it: all of them are made here with the core alone."""
    secrets = {name: SAMPLES[name].secret for name in SAMPLES if name in schemes.names()}
    command = [sys.executable, "-W", "ignore", "-c", CORE_ALONE]
    done = processes.run(command, input=json.dumps(secrets), text=True)

    said: dict[str, str] = json.loads(done.stdout)
    told = "pip install 'webhook-verify[asymmetric]'"
    assert {name for name in secrets if told in PAGES[f"{name}.md"]} == set(said)
    assert [name for name, text in said.items() if told not in text] == []


@rows("name", schemes.names())
def test_a_page_and_the_list_say_who_vouches_for_it(name: str) -> None:
    assert BY[name]
    assert f"| tested against | {BY[name]} |" in PAGES[f"{name}.md"]
    (line,) = [line for line in PAGES["README.md"].splitlines() if f"({name}.md)" in line]
    assert line.endswith(f"| {BY[name]} |")


def _by_name(sample: Sample) -> Sample:
    """The sample, as it is sent to the address of the page."""
    scheme = schemes.get(sample.name)
    if not scheme.signs_url:
        return sample
    return replace(sample, url=provider_pages.public_url(scheme), method="POST")
