"""Requests from `curl` command lines, as copied from a terminal, a browser or a provider's documentation.

The options that determine the method, the URL, the headers and the body have the meaning that they have in
curl. Others, such as `--compressed` and `--user`, are ignored.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.secret_shape import shown, shown_file
from webhook_verify.cli.shell_words import ShellCommand, next_command, to_bytes

__all__ = ["has_curl_command", "parse_curl_commands"]

_COMMAND = re.compile(
    # A prompt such as "user@host:~$ ", variables for the command, and its path.
    r"(?m)(?:^[ \t]*(?:[^\s'\"]*[$%#>\u276f][ \t]+)?|[|;&][ \t]*)(?:[A-Za-z_]\w{0,60}=\S{0,200}[ \t]+)*"
    r"(?:[^\s'\"|;&]*/)?(?P<curl>curl)(?:\.exe)?(?=[ \t\\^])"
)
_PROMPT_OF_CONTINUATION = re.compile(r"(\\\r?\n)> ")

_SHORT_WITH_VALUE = frozenset("ACDEFHKPQTUXYbcdehmortuwxyz") - {"h"}
_LONG_WITH_VALUE = frozenset(
    re.findall(
        r"\S+",
        """abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers connect-timeout
    connect-to
    continue-at cookie cookie-jar create-file-mode crlfile curves delegation dns-interface dns-ipv4-addr
    dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expect100-timeout
    ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode happy-eyeballs-timeout-ms
    haproxy-clientip hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway keepalive-cnt keepalive-time
    key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize
    max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey
    preproxy proto proto-default proto-redir proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type
    proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey
    proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user
    proxy1.0 pubkey quote random-file range rate referer request-target resolve retry retry-delay
    retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service
    socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers
    tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket user user-agent variable
    vlan-priority write-out""",
    )
)
_LONG_OF_SHORT = {"d": "data", "F": "form", "G": "get", "H": "header", "I": "head", "K": "config"} | {
    "T": "upload-file",
    "X": "request",
    ":": "next",
}
_USED_WITH_VALUE = frozenset(
    re.findall(
        r"\S+",
        """config data data-ascii data-binary data-raw data-urlencode form form-string header json request
    upload-file url url-query""",
    )
)


def has_curl_command(text: str) -> bool:
    """Return whether a line of the text is a `curl` command."""
    return _COMMAND.search(text) is not None


def parse_curl_commands(
    text: str, folder: Path, has_body: bool
) -> Iterator[tuple[RecordedRequest, bytes | None]]:
    """Yield the request of each `curl` command, and its body.

    Args:
        text: The commands. Other lines, such as the output of a command, are ignored.
        folder: Where a relative `@file` is.
        has_body: Whether another body is used instead, so that no file is read.

    Yields:
        The request and the body. The body is omitted if `has_body`.

    Raises:
        ValueError: If a command cannot be read, or its body is not reproducible.
    """
    if re.search(r"curl[^\n]* \^(?:\"|\r?\n)", text):
        raise ValueError("the command is for cmd of Windows: in the browser, use Copy as cURL (bash)")
    text, position = _PROMPT_OF_CONTINUATION.sub(r"\1", text), 0
    while found := _COMMAND.search(text, position):
        command, position = next_command(text, found.start("curl"))
        for request in _requests(command, folder, has_body):
            if not request.is_delivery:
                continue
            record = RecordedRequest(request.all_headers(), b"", request.method, request.url)
            yield record, None if has_body else request.body or b""


@dataclass
class _CurlRequest:
    """The options of one request so far. Without an option for a body, `body` is missing."""

    command: ShellCommand
    folder: Path
    has_body: bool
    url: str | None = None
    headers: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    body: bytes | None = None
    explicit_method: str = ""
    body_method: str = ""
    is_json: bool = False
    is_query: bool = False

    @property
    def method(self) -> str:
        return self.explicit_method or ("GET" if self.is_query else self.body_method) or "GET"

    @property
    def is_delivery(self) -> bool:
        return (
            self.url is not None
            and not self.is_query
            and (self.body is not None or bool(self.explicit_method))
        )

    def all_headers(self) -> list[tuple[str, str]]:
        """Return the headers, with the content type that curl adds. A header without a value is removed."""
        names = {name.lower() for name, _ in self.headers}
        defaults = list[tuple[str, str]]()
        if self.is_json:
            defaults = [("Content-Type", "application/json"), ("Accept", "application/json")]
        elif self.body_method == "POST":
            defaults = [("Content-Type", "application/x-www-form-urlencoded")]
        sent = [(name, value) for name, value in self.headers if value is not None]
        return [pair for pair in defaults if pair[0].lower() not in names] + sent

    def apply(self, option: str, value: str) -> None:
        """Apply an option and its value, "" for an option without one."""
        if option.startswith("data") or option == "json":
            self._add_data(option, value)
        elif option == "header":
            self._add_header(value)
        elif option == "request":
            self.explicit_method = value.upper() if value.isascii() else value
        elif option == "url":
            self._set_url(value)
        elif option == "upload-file":
            self.body, self.body_method = self._file(value.removeprefix("."), "--upload-file"), "PUT"
        elif option in {"get", "head"}:
            self.is_query = True
        elif option in {"form", "form-string"} and not self.has_body:
            raise ValueError(
                f"the body of a curl command with --{option} has a random boundary: pass the body that was "
                "sent with --body @FILE"
            )
        elif option.startswith("form"):
            self.body, self.body_method = b"", "POST"
        elif option == "config":
            raise ValueError(
                "the options of the curl command are in another file (--config): write them here"
            )

    def _set_url(self, url: str) -> None:
        if self.url is None:
            self.url = (url if "://" in url else f"http://{url}").partition("#")[0]

    def _add_header(self, value: str) -> None:
        if value.startswith("@"):
            for line in self._file(value[1:], "--header").decode("utf-8", "surrogateescape").splitlines():
                self._add_header_line(line)
        else:
            self._add_header_line(value)

    def _add_header_line(self, line: str) -> None:
        line = to_bytes(line).decode("latin-1")  # as a server decodes the bytes
        name, colon, value = line.partition(":")
        if colon:
            self.headers.append((name.strip(), value.strip() or None))
        elif line.rstrip().endswith(";"):  # curl's form of a header without a value
            self.headers.append((line.rstrip()[:-1].strip(), ""))

    def _add_data(self, option: str, value: str) -> None:
        self.is_json = self.is_json or option == "json"
        self.body_method = "POST"
        data = b"" if self.has_body else self._data(option, value)
        separator = b"&" if self.body and option != "json" else b""
        self.body = (self.body or b"") + separator + data

    def _data(self, option: str, value: str) -> bytes:
        if option == "data-urlencode":
            return self._form_field(value)
        if not value.startswith("@") or option == "data-raw":
            return to_bytes(value)
        content = self._file(value[1:], f"--{option}")
        return content if option in {"data-binary", "json"} else re.sub(rb"[\r\n\0]", b"", content)

    def _form_field(self, value: str) -> bytes:
        name, equals, content = value.partition("=")
        if equals:
            octets = to_bytes(content)
        else:
            name, at, file = value.partition("@")
            octets = self._file(file, "--data-urlencode") if at else to_bytes(value)
            name = name if at else ""
        # curl's escapes: only the unreserved characters of RFC 3986 stay, and a space becomes "+".
        encoded = quote(octets, safe="-._~").replace("%20", "+").encode()
        return to_bytes(name) + b"=" + encoded if name else encoded

    def _file(self, name: str, option: str) -> bytes:
        """Return the content of a file, or of the here-document or file that standard input is."""
        if name in {"", "-"}:
            if self.command.stdin is not None:
                return to_bytes(self.command.stdin)
            if self.command.stdin_file is None:
                raise ValueError(
                    f"the curl command reads {option} from standard input, which the file does not contain: "
                    "pass the body with --body @FILE"
                )
            name = self.command.stdin_file
        try:
            path = self.folder / name
            if path.exists() and not stat.S_ISREG(path.stat().st_mode):
                raise ValueError(f"{option} of the curl command is not a regular file: {shown_file(name)}")
            return path.read_bytes()
        except OSError as error:
            problem = f"cannot read {shown_file(name)}: {error.strerror}"
        except UnicodeEncodeError:
            problem = "invalid file name"
        raise ValueError(
            f"{option} of the curl command: {problem}. A relative name starts in the folder of the --from "
            "file"
        )


def _requests(command: ShellCommand, folder: Path, has_body: bool) -> Iterator[_CurlRequest]:
    """Yield the requests of one command, which `--next` separates."""
    request = _CurlRequest(command, folder, has_body)
    for option, value in _options(command.words[1:]):
        if option == "next":
            yield request
            request = _CurlRequest(command, folder, has_body)
        else:
            request.apply(option, value)
    yield request


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the long name of each option and its value; an argument is a `url`."""
    rest = iter(words)
    for word in rest:
        if word.startswith("--") and len(word) > 2:
            name = word[2:]
            if name.startswith("expand-"):
                raise ValueError(
                    "the curl command uses variables (--expand-...): replace them by their values"
                )
            yield name, _value(rest, name) if name in _LONG_WITH_VALUE | _USED_WITH_VALUE else ""
        elif word.startswith("-") and len(word) > 1 and word != "--":
            yield from _short_options(word[1:], rest)
        elif word not in {"-", "--"}:
            yield "url", word


def _short_options(letters: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the options of a word such as `-sSXPOST` or `-d@body.json`."""
    for position, letter in enumerate(letters):
        name = _LONG_OF_SHORT.get(letter, letter)
        if letter in _SHORT_WITH_VALUE:
            yield name, letters[position + 1 :] or _value(rest, name)
            return
        yield name, ""


def _value(rest: Iterator[str], name: str) -> str:
    value = next(rest, None)
    if value is None:
        raise ValueError(f"the curl command ends after the option {shown(name)}: copy it in full")
    return value
