"""The OpenAPI schema of the FastAPI dependency: headers and responses."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute

from tests.adapters.fastapi_app import app_of, both, show, silent
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Verifier
from webhook_verify.adapters.fastapi import REJECTIONS, webhook
from webhook_verify.schemes import StandardWebhooks


def operation_of(app: FastAPI) -> Any:
    return app.openapi()["paths"]["/hook"]["post"]


@both
def test_the_schema_has_the_headers(route_class: type[APIRoute]) -> None:
    parameters = operation_of(app_of(show, route_class))["parameters"]
    names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert [(one["name"], one["in"]) for one in parameters] == [(name, "header") for name in names]
    assert all(f"`{name.replace('webhook', 'svix')}`" in str(parameters) for name in names)


@both
@pytest.mark.parametrize(
    ("scheme", "names"),
    [
        ("svix", ["webhook-id", "webhook-timestamp", "webhook-signature"]),
        ("stripe", ["stripe-signature"]),
        ("slack", ["x-slack-signature", "x-slack-request-timestamp"]),
        ("emporix", ["emporix-event-signature"]),
        ("docusign", [f"x-docusign-signature-{number}" for number in range(1, 11)]),  # of a hundred
    ],
)
def test_the_schema_has_the_headers_of_the_receivers_scheme(
    route_class: type[APIRoute], scheme: str, names: list[str]
) -> None:
    receivers = [
        AsyncReceiver(Verifier("whsec_" + "a" * 32, scheme=scheme)),
        AsyncReceiver(lambda head: None, scheme=scheme),
    ]
    for receiver in receivers:
        app = app_of(silent, route_class, dependencies=[Depends(webhook(receiver))])
        assert [one["name"] for one in operation_of(app)["parameters"]] == names


def test_the_schema_has_no_header_of_a_scheme_that_names_none() -> None:
    class Silent(StandardWebhooks):
        def __getattribute__(self, name: str) -> Any:
            return () if name == "header_names" else super().__getattribute__(name)

    receiver = AsyncReceiver(Verifier(SECRET, scheme=Silent("own", brand="webhook")))

    assert "parameters" not in operation_of(app_of(silent, dependencies=[Depends(webhook(receiver))]))


@pytest.mark.parametrize(
    "app",
    [app_of(show), app_of(show, APIRoute, responses=REJECTIONS)],
    ids=["WebhookRoute", "APIRoute, told"],
)
def test_the_schema_has_the_answers(app: FastAPI) -> None:
    responses = operation_of(app)["responses"]
    assert {"400", "401", "413"} <= responses.keys()
    assert responses["401"]["content"]["application/json"]["example"] == {"result": "unauthorized"}


def test_a_response_of_the_routes_own_stays() -> None:
    app = app_of(show, responses={401: {"description": "own"}})
    assert operation_of(app)["responses"]["401"]["description"] == "own"
