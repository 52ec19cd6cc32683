"""``python -m tests.diagnosis``: how often each cause of the corpus is named first, and what else is."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from tests.diagnosis.corpus.failure import missed
from tests.diagnosis.test_corpus import confusion, results, share


def main() -> None:
    table = Table("true cause", "first", "of", "taken for")
    for cause, found in sorted(confusion().items()):
        others = ", ".join(f"{name} {count}" for name, count in found.items() if name != cause)
        table.add_row(cause, str(found[cause]), str(found.total()), others)
    console = Console()
    console.print(table)
    console.print(f"{len(results())} failures: first {share(1):.1%}, in the first three {share(3):.1%}")
    for line in missed(results(), 1):
        console.print(line, highlight=False, markup=False)


if __name__ == "__main__":
    main()
