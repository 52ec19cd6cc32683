"""A specification as a validator and a generator need it, and values that a schema allows.

All documents are read as OpenAPI 3.1: ``nullable`` and a boolean ``exclusiveMinimum``, which are 3.0,
become what says the same in JSON Schema 2020-12. Trailing slashes of paths (Svix 1.4 has them) are
dropped: today's API writes none, and servers of both generations take none.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable
from functools import cache, cached_property, reduce
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI

__all__ = ["DATA", "Generator", "Specification"]

DATA = Path(__file__).parents[1] / "data"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_Repair = Callable[[dict[str, Any]], None]


class Specification:
    """One document. ``repair`` mends in place what is known to be wrong with it."""

    def __init__(self, name: str, server: str, repair: _Repair = lambda document: None) -> None:
        self.path = DATA / name
        self.server = server
        self._repair = repair

    @cached_property
    def document(self) -> dict[str, Any]:
        read = json.loads(self.path.read_text("utf-8"))
        self._repair(read)
        paths = {path.rstrip("/"): _in_31(item) for path, item in read["paths"].items()}
        return {
            "openapi": "3.1.0",
            "info": read["info"],
            "servers": [{"url": self.server}],
            "paths": paths,
            "components": _in_31(read["components"]),
        }

    @cached_property
    def openapi(self) -> OpenAPI:
        # Documents are reduced to names, types and codes: what the standard wants besides is not there.
        return OpenAPI.from_dict(self.document, config=Config(spec_validator_cls=None))

    def operations(self) -> set[tuple[str, str]]:
        """Method and path of all."""
        return {
            (method.upper(), path)
            for path, item in self.document["paths"].items()
            for method in item
            if method in _METHODS
        }

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """One operation, with the parameters of its path, and no reference at its top."""
        item = self.document["paths"][path]
        operation: dict[str, Any] = item[method.lower()]
        parameters = [*item.get("parameters", ()), *operation.get("parameters", ())]
        responses = {status: self.resolved(each) for status, each in operation["responses"].items()}
        return {**operation, "parameters": [*map(self.resolved, parameters)], "responses": responses}

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a reference refers to."""
        while "$ref" in node:
            node = reduce(lambda inner, key: inner[key], node["$ref"].split("/")[1:], self.document)
        return node


def _in_31(node: Any) -> Any:
    if isinstance(node, list):
        return [_in_31(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "schema" in node and "in" in node:  # a parameter: null cannot be written there
        node = {**node, "schema": {**node["schema"], "nullable": False}}
    made = {name: _in_31(each) for name, each in node.items() if name != "nullable"}
    if made.get("exclusiveMinimum") is True:
        made["exclusiveMinimum"] = made.pop("minimum")
    return {"anyOf": [made, {"type": "null"}]} if node.get("nullable") is True else made


_PATTERN = re.compile(
    r"\^(?:\(\?!\w+\))?(?:\((?P<either>[\w|]+)\)\?)?(?P<prefix>\w*)\[(?P<letters>.+)\](?:\+|\{(?P<least>\d+)(?:,(?P<most>\d+))?\})\$"
)


@cache
def _letters(allowed: str) -> str:
    return "".join(each for each in string.printable if re.fullmatch(f"[{allowed}]", each))


class Generator:
    """Values that a schema allows: bounds, empty, null and left-out ones are all common."""

    def __init__(self, specification: Specification, seed: str) -> None:
        self._resolved = specification.resolved
        self._random = random.Random(seed)

    def value(self, schema: dict[str, Any]) -> Any:
        schema = self._resolved(schema)
        for either in ("anyOf", "oneOf"):
            if either in schema:
                common = {name: each for name, each in schema.items() if name != either}
                value = self.value(self._random.choice(schema[either]))
                return {**self.value(common), **value} if "properties" in common else value
        if "allOf" in schema:
            first, *others = [self.value(each) for each in schema["allOf"]]
            return reduce(lambda one, other: {**one, **other}, others, first)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        return getattr(self, "_" + schema.get("type", "object"))(schema)

    def is_left_out(self) -> bool:
        return self._random.random() < 0.4

    def _null(self, schema: dict[str, Any]) -> None:
        return None

    def _boolean(self, schema: dict[str, Any]) -> bool:
        return self._random.random() < 0.5

    def _integer(self, schema: dict[str, Any]) -> int:
        least = int(schema.get("minimum", schema.get("exclusiveMinimum", -1000) + 1))
        most = int(schema.get("maximum", max(least, 0) + 1000))
        return self._random.choice([least, most, self._random.randint(least, most)])

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        least, most = schema.get("minItems", 0), min(schema.get("maxItems", 3), 3)
        wanted = self._random.randint(least, max(least, most))
        items: list[Any] = []
        while len(items) < wanted:
            item = self.value(schema["items"])
            if schema.get("uniqueItems") and item in items:
                wanted -= 1
            else:
                items.append(item)
        return items

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        required = schema.get("required", ())
        made = {
            name: self.value(each)
            for name, each in schema.get("properties", {}).items()
            if name in required or not self.is_left_out()
        }
        extra = schema.get("additionalProperties", schema == {"type": "object"})
        if isinstance(extra, dict):
            made |= {self._text(0, 5): self.value(extra) for _ in range(self._random.randint(0, 3))}
        elif extra:
            made |= {"any": ["thing", 1, 2.5, None, {"nested": "ü€𝄞"}]}
        return made

    def _string(self, schema: dict[str, Any]) -> str:
        if schema.get("format") == "date-time":
            return self._time()
        if schema.get("format") == "uri":
            return f"https://example.com/{self._text(1, 9, string.ascii_letters)}?a=b%20c"
        least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
        if "pattern" in schema:
            return self._like(schema["pattern"], max(least, 1), most)
        return self._text(least, min(most, max(least, 300)))

    def _time(self) -> str:
        pick = self._random
        day = f"{pick.randint(1970, 2100)}-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}"
        moment = f"{pick.randint(0, 23):02}:{pick.randint(0, 59):02}:{pick.randint(0, 59):02}"
        return f"{day}T{moment}{pick.choice(['', '.5', '.123456'])}{pick.choice(['Z', '+02:00', '-07:30'])}"

    def _text(self, least: int, most: int, letters: str = string.printable + "äß€𝄞") -> str:
        length = self._random.choice([least, most, self._random.randint(least, most)])
        return "".join(self._random.choices(letters, k=length))

    def _like(self, pattern: str, least: int, most: int) -> str:
        parts = _PATTERN.fullmatch(pattern)
        assert parts, f"a new kind of pattern: {pattern}"
        letters = _letters(parts["letters"])
        prefix = parts["prefix"] or self._random.choice(["", *(parts["either"] or "").split("|")])
        if parts["least"]:
            least, most = int(parts["least"]), int(parts["most"] or parts["least"])
        return prefix + self._text(least, most, letters)
