"""Numbers are marked while the JSON style is changed, and no text of the body can be mistaken for a mark."""

from __future__ import annotations

import json

from tests.rows import rows
from webhook_verify.diagnosis.variants.json_style import json_style_variants


@rows("text", ["~#", "~#1~#", '"~#', "~#~$~%", "~", "#~"])
def test_a_text_that_looks_like_a_mark_stays(text: str) -> None:
    value = {text: [1, 2.5], "a": text}
    variants = [variant for _, variant in json_style_variants(json.dumps(value))]
    assert json.dumps(value, separators=(",", ":")) in variants
    assert json.dumps(value, indent=4) in variants


def test_a_body_with_every_mark_has_no_other_style() -> None:
    assert list(json_style_variants('["~#~$~%~;~|#~$~", 1]')) == []
