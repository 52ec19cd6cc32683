"""One word per concept: names from before the glossary must not return.

Everyday English words are only searched for in names.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.rows import rows

ROOT = Path(__file__).parents[1]
PYTHON = sorted(
    file
    for folder in ("webhook_verify", "tests", "benchmarks", "integrations", "tools")
    for file in (ROOT / folder).rglob("*.py")
    if file not in (Path(__file__), ROOT / "tests" / "test_public_api.py")  # which list them
)
PACKAGE = [file for file in PYTHON if file.is_relative_to(ROOT / "webhook_verify")]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

NAMES = re.findall(
    r"\w+",
    """
    ApiConnectionError ApiDecodeError ApiStatusError ApiTimeoutError Attested BodyReading DEFAULT_KEEP
    FEWEST_BYTES Forks Greeted Greeting HABITS KeptDeliveries NoDelivery NotKept PassingFailure
    ProviderSigned RequestFacts RunningWhole SettledWhenSent SignedBody SourcedVerifier WireStruct
    _RunningHmac _Spellings _TokenOut _Twice _Unshown _is_doubted _keep_new _shortest_way _short_way
    age_rank answer_to answer_to_check answer_to_delivery async_delivery_claim beside_address body_alone
    body_signs delivery_claim delivery_of each_of facts_of framework_limit is_affordable is_guarded
    is_spent keep_raw keys_of limit_of may_wait more_methods needs_target new_delivery octets_key
    octets_of of_same_digest on_expired pairs_of pieces_of reads_as_meant reads_body reads_deliveries
    reads_target response_of restamped restyled second_of secrets_of settled_when_sent short_way
    stand_ins status_of text_key texts_at
    """,
)

MODULES = re.findall(
    r"\w+",
    """
    short_way reception guarding exchange borders told telling given kept arrows surroundings mistakes
    stamps signs body_signs printed wrappings _course token_text key_kinds serialized certificates
    handshake answers provider_signed signed_body fetching json_path asgi_exchange django_exchange
    flask_exchange wsgi_request wsgi_response targets flask_app checked_paths sql_calls sql_engine
    sql_statements sql_steps plain_cache _sourced_verifier _versions json_styles rejections transcripts
    forwarding serving resending outgoing grade grades counting witness witnesses stand_in mounts
    exchanges making unsaid test_held_out test_third test_suite test_traps test_rules test_storm
    test_waiting test_neutral provider_touches touches shapes judge samples_hmac_a samples_hmac_b
    """,
)

# As parameters and functions they said nothing about the thing.
PARAMETERS = {"each", "facts", "found", "given", "one", "told"}


@pytest.mark.slow
def test_no_old_name_is_left() -> None:
    old = re.compile(rf"\b({'|'.join(NAMES)}|_MOST_\w+|_LONGEST\w*|_FEWEST\w*)\b")
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (*PYTHON, *PAGES)
        for name in old.findall(file.read_text("utf-8"))
    }
    assert found == set()


def test_no_module_has_an_old_name() -> None:
    parts = {part.removesuffix(".py") for file in PYTHON for part in file.relative_to(ROOT).parts}
    assert parts & set(MODULES) == set()
    assert not [part for part in parts if part.startswith(("made_", "held_", "third_"))]


@rows("file", PACKAGE, ids=lambda file: str(file.relative_to(ROOT)))
@pytest.mark.slow
def test_a_parameter_is_named_after_the_thing(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    names = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    assert names & PARAMETERS == set()
