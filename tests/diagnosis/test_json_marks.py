"""Numbers are marked while JSON is restyled, and no text of the body may be taken for a mark."""

from __future__ import annotations

import json

from tests.rows import rows
from webhook_verify.diagnosis.variants.json_style import json_style_variants


@rows("text", ["~#", "~#1~#", '"~#', "~#~$~%", "~", "#~"])
def test_a_text_that_looks_like_a_mark_stays(text: str) -> None:
    value = {text: [1, 2.5], "a": text}
    styled = [variant for _, variant in json_style_variants(json.dumps(value))]
    assert json.dumps(value, separators=(",", ":")) in styled
    assert json.dumps(value, indent=4) in styled


def test_a_body_with_every_mark_is_not_restyled() -> None:
    assert list(json_style_variants('["~#~$~%~;~|#~$~", 1]')) == []
