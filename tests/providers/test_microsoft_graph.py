"""Microsoft Graph: the example of its documentation, and the state of each item."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.signed_bodies import CHANGE, GRAPH, HEX, OTHER_HEX, VERIFIERS, changes, refusal
from webhook_verify import MalformedDelivery, RejectedDelivery, SignatureMismatch, Verifier, schemes

# "Receive change notifications through webhooks", the example of a change notification.
NOTIFICATION = rb"""{
  "value": [
    {
      "id": "lsgTZMr9KwAAA",
      "subscriptionId":"{subscription_guid}",
      "subscriptionExpirationDateTime":"2016-03-19T22:11:09.952Z",
      "clientState":"secretClientValue",
      "changeType":"created",
      "resource":"users/{user_guid}@{tenant_guid}/messages/{long_id_string}",
      "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
      "resourceData":
      {
        "@odata.type":"#Microsoft.Graph.Message",
        "@odata.id":"Users/{user_guid}@{tenant_guid}/Messages/{long_id_string}",
        "@odata.etag":"W/\"CQAAABYAAADkrWGo7bouTKlsgTZMr9KwAAAUWRHf\"",
        "id":"{long_id_string}"
      }
    }
  ]
}"""


@interop("microsoft-graph", by="Microsoft's documentation")
def test_microsoft_graph_example() -> None:
    assert (
        Verifier("secretClientValue", scheme="microsoft-graph").verify(NOTIFICATION, {}).body == NOTIFICATION
    )
    with pytest.raises(SignatureMismatch):
        Verifier("secretClientValu", scheme="microsoft-graph").verify(NOTIFICATION, {})
    assert schemes.get("microsoft-graph").signs_body is False


GRAPH_REFUSED: dict[str, tuple[list[Any], type[RejectedDelivery]]] = {
    "another token": ([{"clientState": OTHER_HEX}], SignatureMismatch),
    "in another case": ([{"clientState": HEX.lower()}], SignatureMismatch),
    "a part of it": ([{"clientState": HEX[:-1]}], SignatureMismatch),
    "more than it": ([{"clientState": HEX + " "}], SignatureMismatch),
    "not ASCII": ([{"clientState": "é"}], SignatureMismatch),
    "a surrogate": ([{"clientState": "\ud800"}], SignatureMismatch),
    "empty": ([{"clientState": ""}], SignatureMismatch),
    "the second item's": ([CHANGE, {"clientState": OTHER_HEX}], SignatureMismatch),
    "the first item's": ([{"clientState": OTHER_HEX}, CHANGE], SignatureMismatch),
    "missing": ([{}], MalformedDelivery),
    "missing in the second": ([CHANGE, {}], MalformedDelivery),
    "null": ([CHANGE, {"clientState": None}], MalformedDelivery),
    "a list": ([{"clientState": [HEX]}], MalformedDelivery),
    "an item that is no object": ([CHANGE, HEX], MalformedDelivery),
    "no items": ([], MalformedDelivery),
}


@pytest.mark.parametrize(("items", "error"), GRAPH_REFUSED.values(), ids=GRAPH_REFUSED)
def test_graph_refused(items: list[Any], error: type[RejectedDelivery]) -> None:
    assert isinstance(refusal(GRAPH, changes(*items)), error)


def test_graph_is_deduped_by_the_body() -> None:
    once, again = (VERIFIERS[GRAPH].verify(changes(CHANGE, CHANGE), {}) for _ in range(2))
    other = VERIFIERS[GRAPH].verify(changes(CHANGE), {})

    assert (once.id, once.id_is_signed, once.timestamp_is_signed) == ("", False, False)
    assert once.signed_content_digest == again.signed_content_digest == hashlib.sha256(once.body).digest()
    assert once.signed_content_digest != other.signed_content_digest
