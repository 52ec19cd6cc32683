"""The Django project in one process: runs its checks or a TestCase, and prints the results as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.checks import run_checks
from django.test import Client, TestCase
from django.test.utils import setup_test_environment

from tests.adapters.commits.django_project import failures
from tests.signing import SECRET
from webhook_verify import Signer

__all__: list[str] = []


def checks() -> list[Any]:
    return sorted(
        message.msg.split("'")[1] for message in run_checks() if message.id == "webhook_verify.W002"
    )


def in_a_test_case() -> list[Any]:
    """Return the responses to three deliveries to each view, in the transaction of a TestCase."""
    answers: list[Any] = []

    class Deliveries(TestCase):
        def runTest(self) -> None:
            client = Client(raise_request_exception=False)
            for path in (
                "/plain",
                "/atomic-above",
                "/drf-function",
                "/on-commit",
                "/foreign-decorator",
                "/failing",
            ):
                headers = Signer(SECRET).sign(b"{}", id=f"msg_{path[1:]}")
                sent = [
                    client.post(path, b"{}", content_type="application/json", headers=headers)
                    for _ in range(2)
                ]
                answers.append([path, *(response.status_code for response in sent), sent[1].content.decode()])

    setup_test_environment()
    result = Deliveries().run()
    assert result is not None
    assert result.wasSuccessful(), result
    return [*answers, len(failures)]


if __name__ == "__main__":
    print(json.dumps({"checks": checks, "test case": in_a_test_case}[sys.argv[1]]()))
