"""The pages of the providers are made out of the registry, and the receiver of each receives."""

from __future__ import annotations

import os
import re
import time
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tools import provider_pages
from webhook_verify import schemes

PAGES = provider_pages.pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_not_stale(name: str) -> None:
    text = (provider_pages.DOCS / name).read_text("utf-8")
    assert text == PAGES[name], "make docs writes it anew"


def test_there_is_no_page_of_a_provider_that_is_gone() -> None:
    assert {file.name for file in provider_pages.DOCS.glob("*.md")} == set(PAGES)


@pytest.mark.parametrize("name", schemes.names())
def test_a_page_says_all_there_is_to_know(name: str) -> None:
    scheme = schemes.get(name)
    told = {"title": scheme.title, "secret": scheme.secret_from, "documentation": scheme.documentation}
    assert [what for what, text in told.items() if not text] == []
    assert scheme.documentation.startswith("https://")


@pytest.mark.parametrize("name", [name for name in SAMPLES if name in schemes.names()])
def test_the_receiver_of_a_page_takes_a_genuine_delivery_once(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scheme, sample = schemes.get(name), _by_name(SAMPLES[name])
    if scheme.fetches:
        pytest.skip("it would fetch the provider's keys")
    monkeypatch.setitem(os.environ, provider_pages.variable(scheme), sample.secret)
    block = re.findall(r"```python\n(.*?)```", PAGES[f"{name}.md"], re.DOTALL)[0]
    globals_of_page: dict[str, object] = {"__name__": "page"}
    exec(compile(block, name, "exec"), globals_of_page)
    body, headers = sample.signed(timestamp=int(time.time()))
    client = TestClient(globals_of_page["app"])  # type: ignore[arg-type]

    def post() -> int:
        return client.post(f"/webhooks/{name}", content=body, headers=headers).status_code

    unsigned = client.post(f"/webhooks/{name}", content=b"{}").status_code
    assert [post(), post(), unsigned] == [200, 200, 400]
    assert len(capsys.readouterr().out.splitlines()) == 1


def _by_name(sample: Sample) -> Sample:
    """The sample, as it is sent to the address of the page."""
    scheme = schemes.get(sample.name)
    if not scheme.signs_url:
        return sample
    return replace(sample, url=provider_pages.public_url(scheme), method="POST")
