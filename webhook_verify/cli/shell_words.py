r"""Shell commands as text: words, quotes, line continuations and here-documents.

This is the part of the shell's grammar that occurs in copied `curl` commands: `'...'`, `"..."`, `$'...'`, `\`
at the end of a line, comments, pipes, `<<EOF` and `<<<`. Nothing is executed or expanded: a variable or a
command substitution is an error, because only the shell that the command was copied from knows its value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["ShellCommand", "next_command", "to_bytes"]


@dataclass
class ShellCommand:
    """One command. Bytes that are not UTF-8 are surrogates in the texts, see `to_bytes`.

    `stdin` is the text of a here-document or here-string, `stdin_file` the file after `<`; None without one.
    """

    words: list[str] = field(default_factory=list[str])
    stdin: str | None = None
    stdin_file: str | None = None


def to_bytes(text: str) -> bytes:
    """Return the bytes of a word in UTF-8, or the byte of an escape such as `\\xff`.

    Args:
        text: A word of a command.

    Returns:
        The bytes.
    """
    return text.encode("utf-8", "surrogateescape")


def next_command(text: str, start: int = 0) -> tuple[ShellCommand, int]:
    """Read one command and its here-document. The rest of the text, such as its output, is not read.

    Args:
        text: Commands of a POSIX shell or of bash.
        start: The position of the command.

    Returns:
        The command, and the position after it.

    Raises:
        ValueError: If a quote is not closed, or a word needs an expansion. Only a variable is named.
    """
    return _Reader(text, start).command()


_SPACE = re.compile(r"(?:[ \t]|\\[ \t]*\r?\n)+")
_COMMENT = re.compile(r"#[^\n]*")
_END = re.compile(r"\r?\n|;|\|\|?|&&?")
_REDIRECTION = re.compile(r"(?:[0-9]*|&)(?:>>|>&|>)[ \t]*")
_PLAIN = re.compile(r"[^\s\\'\"$`|&;<>\u2018-\u201f]+")
_LINE_CONTINUATION = re.compile(r"\\[ \t]*\r?\n")
_REST_OF_LINE = re.compile(r"[^\n]*\n")
_SINGLE_QUOTED = re.compile(r"'([^']*)'")
_DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ANSI_QUOTED = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_HERE_DOCUMENT = re.compile(r"<<(-?)[ \t]*(['\"\\]?)([A-Za-z_][A-Za-z0-9_]*)['\"]?")
_EXPANSION = re.compile(r"\$(?:\{?([A-Za-z_][A-Za-z0-9_]*)|[({0-9@*#?$!-])|`")
_ANSI_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|c(.)|(.))", re.DOTALL
)
_ANSI_LETTERS = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}


class _Reader:
    """Reads the text from left to right. `_at` is the position of the next character."""

    def __init__(self, text: str, start: int) -> None:
        self._text, self._at = text, start
        self._command = ShellCommand()

    def command(self) -> tuple[ShellCommand, int]:
        document = None  # its lines follow this line
        while self._at < len(self._text) and not self._take(_END):
            if self._take(_SPACE) or self._take(_COMMENT):
                continue
            if start := self._take(_HERE_DOCUMENT):
                document = start
            elif self._text.startswith("<", self._at):
                self._read_input()
            elif self._take(_REDIRECTION):
                self._word()  # the output file
            else:
                self._command.words.append(self._word())
        if document:
            if not self._text[: self._at].endswith("\n"):  # the rest of a pipe is on the same line
                self._take(_REST_OF_LINE)
            self._command.stdin = self._document(document)
        return self._command, self._at

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self._at)
        if match:
            self._at = match.end()
        return match

    def _document(self, start: re.Match[str]) -> str:
        """Return the lines of a here-document."""
        lines, (strips_tabs, quote, delimiter) = list[str](), start.groups()
        while self._at < len(self._text):
            line, newline, _ = self._text[self._at :].partition("\n")
            self._at += len(line) + len(newline)
            line = line.lstrip("\t") if strips_tabs else line
            if line.rstrip("\r") == delimiter:
                break
            lines.append(line + newline)
        text = "".join(lines)
        if quote:
            return text
        _check_expansion(re.sub(r"\\[\\$`]", "", text))
        return re.sub(r"\\([\\$`])", r"\1", text.replace("\\\n", ""))

    def _read_input(self) -> None:
        is_text = self._text.startswith("<<<", self._at)
        self._at += 3 if is_text else 1
        self._take(_SPACE)
        if is_text:
            self._command.stdin = self._word() + "\n"
        else:
            self._command.stdin_file = self._word()

    def _word(self) -> str:
        pieces, start = list[str](), self._at
        while self._at < len(self._text) and (piece := self._piece()) is not None:
            pieces.append(piece)
        if self._at == start:
            raise ValueError("the command has a character that is not part of a word: put it into quotes")
        return "".join(pieces)

    def _piece(self) -> str | None:
        """Return the next part of a word, without quotes; None at its end."""
        if plain := self._take(_PLAIN):
            return plain[0]
        character = self._text[self._at]
        if "\u2018" <= character <= "\u201f":
            raise ValueError("the command has typographic quotes: replace them by ' or \"")
        if self._text.startswith("$'", self._at):
            return self._ansi_quoted()
        if character == "'":
            return self._quoted(_SINGLE_QUOTED)
        if character == '"' or self._text.startswith('$"', self._at):
            self._at += character == "$"
            return _unescape_double(self._quoted(_DOUBLE_QUOTED))
        if character == "\\":
            if self._take(_LINE_CONTINUATION):
                return ""
            self._at += 2
            return self._text[self._at - 1 : self._at]
        if character in "$`":
            _check_expansion(self._text[self._at : self._at + 80])
            self._at += 1
            return "$"
        return None

    def _quoted(self, pattern: re.Pattern[str]) -> str:
        """Return the text up to the closing quote."""
        match = self._take(pattern)
        if match is None:
            quote = self._text[self._at : self._at + 2].rstrip()
            quote = quote if quote == "$'" else quote[0]
            raise ValueError(f"the command has an unclosed quote, {quote}: copy it in full")
        return str(match[1])

    def _ansi_quoted(self) -> str:
        text = _ANSI_ESCAPE.sub(_unescape_ansi, self._quoted(_ANSI_QUOTED))
        # Browsers write a character beyond U+FFFF as two escapes, the halves of its UTF-16.
        return _SURROGATE_PAIR.sub(
            lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text
        )


def _unescape_ansi(match: re.Match[str]) -> str:
    byte, short, long, octal, control, letter = match.groups()
    if byte or octal:
        code = int(byte, 16) if byte else int(octal, 8) & 0xFF
        return chr(code) if code < 0x80 else chr(0xDC00 + code)  # as "surrogateescape" does
    if short or long:
        code = int(short or long, 16)
        if code > 0x10FFFF:
            raise ValueError("the command has an invalid escape \\U: the code point is too large")
        return chr(code)
    if control:
        return chr(ord(control.upper()) & 0x1F)
    return _ANSI_LETTERS.get(letter, "\\" + letter)


def _unescape_double(text: str) -> str:
    text = re.sub(r"\\\r?\n", "", text)
    _check_expansion(re.sub(r"\\.", "", text, flags=re.DOTALL))
    return re.sub(r'\\([\\$`"])', r"\1", text)


def _check_expansion(text: str) -> None:
    """Raise ValueError if a shell would replace a part of the text."""
    expansion = _EXPANSION.search(text)
    if expansion is None:
        return
    if expansion[1] and len(expansion[1]) <= 40:
        raise ValueError(f"the command uses the variable ${expansion[1]}: replace it by its value")
    raise ValueError(
        "the command uses a substitution ($ or `), which only a shell can replace: write its value"
    )
