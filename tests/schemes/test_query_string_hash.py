"""The canonical requests of Atlassian's documentation, whose hash is `qsh`."""

from __future__ import annotations

from hashlib import sha256

from tests.rows import rows
from webhook_verify.schemes.query_string_hash import query_string_hash

ROWS: list[tuple[str, str, str, str]] = [
    # method, URL, base path, canonical request
    ("GET", "https://h/?param=foo", "", "GET&/&param=foo"),
    ("post", "https://h/user", "", "POST&/user&"),
    ("GET", "https://h", "", "GET&/&"),
    ("GET", "https://h/a/", "", "GET&/a&"),
    ("GET", "https://h/a//", "", "GET&/a/&"),
    ("GET", "https://h/a&b", "", "GET&/a%26b&"),
    ("GET", "https://h/app/hooks", "/app", "GET&/hooks&"),
    ("GET", "https://h/app/hooks", "/app/", "GET&/hooks&"),
    ("GET", "https://h/app", "/app", "GET&/&"),
    ("GET", "https://h/application", "/app", "GET&/application&"),
    ("GET", "https://h/a?b=2&a=1", "", "GET&/a&a=1&b=2"),
    ("GET", "https://h/a?ids=b&ids=a&x=1", "", "GET&/a&ids=a,b&x=1"),
    ("GET", "https://h/a?q=a+b", "", "GET&/a&q=a%20b"),
    ("GET", "https://h/a?q=a%20b", "", "GET&/a&q=a%20b"),
    ("GET", "https://h/a?q=a%2Bb", "", "GET&/a&q=a%2Bb"),
    ("GET", "https://h/a?q=Zo%C3%AB", "", "GET&/a&q=Zo%C3%AB"),
    ("GET", "https://h/a?q=Zo\xeb", "", "GET&/a&q=Zo%C3%AB"),
    ("GET", "https://h/a?q=a%2Cb,c", "", "GET&/a&q=a%2Cb%2Cc"),
    ("GET", "https://h/a?q=-._~*!()'", "", "GET&/a&q=-._~%2A%21%28%29%27"),
    ("GET", "https://h/a?q", "", "GET&/a&q="),
    ("GET", "https://h/a?q=", "", "GET&/a&q="),
    ("GET", "https://h/a?&&=x", "", "GET&/a&"),
    ("GET", "https://h/a?jwt=eyJ&q=1", "", "GET&/a&q=1"),
    ("GET", "https://h/a?q=1#fragment", "", "GET&/a&q=1"),
    ("GET", "https://h/a?a.x=1&a-y=2&aZ=3", "", "GET&/a&a-y=2&a.x=1&aZ=3"),
]


@rows(("method", "url", "base_path", "canonical"), ROWS)
def test_the_hash_of_a_request(method: str, url: str, base_path: str, canonical: str) -> None:
    assert query_string_hash(method, url, base_path) == sha256(canonical.encode()).hexdigest()


@rows("url", ["https://[", "https://h/?" + "a=1&" * 1_001])
def test_an_invalid_or_very_long_url_has_no_hash(url: str) -> None:
    assert query_string_hash("GET", url) == ""
