"""The texts of a provider's page."""

from __future__ import annotations

from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = ["SchemeDocs"]


@safe_repr
class SchemeDocs:
    """The texts of a provider's page, also shown by `webhook-verify providers`. Immutable.

    Args:
        title: The provider's display name. By default the scheme's registered name.
        secret_from: Where a user finds the signing secret.
        url: The provider's documentation of its signatures.
        notes: Limits and pitfalls, as sentences in Markdown.
        retries: When the provider retries and which timestamp a retry carries, with the source, in Markdown.
        secret_pattern: A regular expression of the provider's secrets. If another text is a known kind of
            credential, such as an API key, a verifier warns with `WeakSecretWarning`. "" for any text.
        response: The response that the provider expects, in Markdown. "" for any 2xx status.
    """

    __slots__ = ("notes", "response", "retries", "secret_from", "secret_pattern", "title", "url")

    title: str
    secret_from: str
    url: str
    notes: str
    retries: str
    secret_pattern: str
    response: str

    def __init__(
        self,
        title: str = "",
        secret_from: str = "",
        url: str = "",
        notes: str = "",
        retries: str = "",
        secret_pattern: str = "",
        response: str = "",
    ) -> None:
        texts = {"title": title, "secret_from": secret_from, "url": url, "notes": notes, "retries": retries}
        for name, text in {**texts, "secret_pattern": secret_pattern, "response": response}.items():
            object.__setattr__(self, name, text)

    @classmethod
    def titled(cls, docs: SchemeDocs | None, name: str) -> SchemeDocs:
        """Return `docs` with a title.

        Args:
            docs: The texts, or None for empty ones.
            name: The title to use if `docs` lacks a title.

        Returns:
            The texts, with a title.

        Raises:
            TypeError: If `docs` is neither a `SchemeDocs` nor None.
        """
        if docs is None:
            return cls(title=name)
        if not isinstance(docs, cls):
            raise TypeError(f"docs must be a SchemeDocs, not {type(docs).__name__!r}")
        if docs.title:
            return docs
        return cls(name, *docs.__reduce__()[1][1:])

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"SchemeDocs is frozen: cannot set {name}")

    def __reduce__(self) -> tuple[type[SchemeDocs], tuple[str, ...]]:
        # By default, copying and pickling set the slots, which __setattr__ rejects.
        texts = self.title, self.secret_from, self.url, self.notes, self.retries
        return SchemeDocs, (*texts, self.secret_pattern, self.response)

    def __repr__(self) -> str:
        return f"SchemeDocs(title={self.title!r})"
