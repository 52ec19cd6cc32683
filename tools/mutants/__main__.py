"""The command: `python -m tools.mutants [FILE ...] [--argued] [--processes N]`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path

from tools.mutants.changes import Mutant, MutantKey, mutant_key, mutants_of
from tools.mutants.running import NO_TEST, SURVIVED, Suite, run_imported, run_in_place

MIN_SCORE_PERCENT = 95.0

_RECEIVER_TESTS = [
    "tests/test_receiver.py",
    "tests/test_receiver_answers.py",
    "tests/test_replay_protection.py",
    "tests/test_replay_protection_claims.py",
    "tests/test_replay_protection_cancellation.py",
    "tests/test_deferred_settling.py",
]

# The core, and the test files that are tried first for each.
FILES = {
    "webhook_verify/headers.py": ["tests/test_headers.py"],
    "webhook_verify/secret.py": [
        "tests/test_secret.py",
        "tests/test_keys.py",
        "tests/conformance/test_secrets.py",
    ],
    "webhook_verify/keys.py": ["tests/test_keys.py", "tests/test_secret.py", "tests/test_signer.py"],
    "webhook_verify/token_key.py": ["tests/test_keys.py", "tests/schemes/test_header_scheme_signatures.py"],
    "webhook_verify/_times.py": ["tests/test_verifier.py", "tests/test_secret.py"],
    "webhook_verify/verification_results.py": ["tests/test_verification.py", "tests/test_verifier.py"],
    "webhook_verify/verifier.py": [
        "tests/test_retries.py",
        "tests/test_verifier.py",
        "tests/test_verification.py",
        "tests/test_misuse.py",
    ],
    "webhook_verify/verification.py": [
        "tests/test_verification.py",
        "tests/test_verifier.py",
        "tests/test_misuse.py",
    ],
    "webhook_verify/receiver/receivers.py": _RECEIVER_TESTS,
    "webhook_verify/receiver/async_receiver.py": _RECEIVER_TESTS,
    "webhook_verify/receiver/base.py": _RECEIVER_TESTS,
    "webhook_verify/receiver/observed.py": _RECEIVER_TESTS,
    "webhook_verify/receiver/options.py": _RECEIVER_TESTS,
    "webhook_verify/schemes/standard.py": ["tests/test_schemes.py", "tests/test_laws_signatures.py"],
}

# The tests of the core that need neither servers nor stores.
TESTS = [
    "tests/test_blocking_verification.py",
    "tests/test_deferred_settling.py",
    "tests/test_handling.py",
    "tests/test_chunks.py",
    "tests/test_key_fetching.py",
    "tests/test_leases.py",
    "tests/test_receiver_messages.py",
    "tests/test_unknown_senders.py",
    "tests/test_headers.py",
    "tests/test_keys.py",
    "tests/test_laws_id_and_time.py",
    "tests/test_laws_signatures.py",
    "tests/test_laws_verdicts.py",
    "tests/test_leaks.py",
    "tests/test_misuse.py",
    "tests/test_observed_verification.py",
    "tests/test_receiver.py",
    "tests/test_receiver_answers.py",
    "tests/test_replay_protection.py",
    "tests/test_replay_protection_cancellation.py",
    "tests/test_replay_protection_claims.py",
    "tests/test_responses.py",
    "tests/test_retries.py",
    "tests/test_schemes.py",
    "tests/test_secret.py",
    "tests/test_shared_stores.py",
    "tests/test_signer.py",
    "tests/test_verification.py",
    "tests/test_verifier.py",
    "tests/conformance",
    "tests/diagnosis/test_log.py",
    "tests/schemes/test_header_scheme_body_fields.py",
    "tests/schemes/test_header_scheme_content.py",
    "tests/schemes/test_header_scheme_options.py",
    "tests/schemes/test_header_scheme_signatures.py",
    "tests/schemes/test_header_scheme_timestamps.py",
    "tests/schemes/test_deliveries_without_id.py",
    "tests/schemes/test_body_scheme.py",
    "tests/adapters/test_asgi.py",
    "tests/adapters/test_public_url.py",
    "tests/adapters/test_trusted_hosts.py",
    "tests/adapters/test_nonblocking.py",
    "tests/providers/test_adyen.py",
    "tests/providers/test_aws_sns.py",
    "tests/providers/test_discord.py",
    "tests/providers/test_dropbox.py",
    "tests/providers/test_google_pubsub.py",
    "tests/providers/test_handshakes.py",
    "tests/providers/test_handshakes_in_receivers.py",
    "tests/providers/test_line.py",
    "tests/providers/test_lithic.py",
    "tests/providers/test_mailgun.py",
    "tests/providers/test_meta.py",
    "tests/providers/test_microsoft_graph.py",
    "tests/providers/test_slack.py",
    "tests/providers/test_twitch.py",
    "tests/providers/test_zoom.py",
    "-m",
    "not network",
    # Tests over a real connection, and those that measure time or memory.
    "-k",
    "not over_http and not grows_as_the_body_does and not leave_no_trace"
    " and not a_server_keeps_the_target and not in_front_of_a_server",
]

ARGUED = Path(__file__).parent / "argued.toml"
SCRATCH = Path(".mutants")


def main() -> int:
    """Run the mutants, print the survivors and the score, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="a mutated file; default: all of the core")
    parser.add_argument("--argued", action="store_true", help="run the argued mutants, too")
    parser.add_argument("--quick", action="store_true", help="do not import the survivors again")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    began = time.monotonic()
    files = options.files or list(FILES)
    mutants = [mutant for file in files for mutant in mutants_of(Path(file))]
    reasons = {key: reason for key, reason in _argued().items() if key[0] in files}
    is_argued = [mutant.key in reasons for mutant in mutants]
    stale = reasons.keys() - {mutant.key for mutant in mutants}
    print(f"{len(mutants)} mutants of {len(files)} files, {sum(is_argued)} of them argued", flush=True)

    tried = [
        mutant for mutant, argued in zip(mutants, is_argued, strict=True) if options.argued or not argued
    ]
    results = _results(tried, options.processes, options.quick)
    survivors = [mutant for mutant, result in zip(tried, results, strict=True) if result == SURVIVED]
    skipped = [] if options.argued else [mutant for mutant in mutants if mutant.key in reasons]
    unargued = [mutant for mutant in survivors if mutant.key not in reasons]
    killed_argued = reasons.keys() & {mutant.key for mutant in tried} - {mutant.key for mutant in survivors}

    for title, group in (("argued", [*skipped, *(set(survivors) - set(unargued))]), ("survived", unargued)):
        for mutant in sorted(group, key=lambda mutant: (mutant.path, mutant.first)):
            print(f"{title}: {mutant}")
    for key in sorted(stale):
        print("argued, but not a mutant any more: remove it from argued.toml:", *key, sep="\n    ")
    for key in sorted(killed_argued):
        print("argued, but killed: remove it from argued.toml:", *key, sep="\n    ")
    score = _print_table(mutants, [*skipped, *survivors], reasons)
    print(f"{score:.1f} % killed (at least {MIN_SCORE_PERCENT:g} %), in {time.monotonic() - began:.0f} s")
    return int(score < MIN_SCORE_PERCENT or bool(unargued or stale or killed_argued))


def _results(mutants: list[Mutant], processes: int, is_quick: bool) -> list[str]:
    """Return the result of each mutant: its killer, or that it survived."""
    memory = SCRATCH / "killers.json"
    SCRATCH.mkdir(exist_ok=True)
    killers: dict[str, str] = json.loads(memory.read_text("utf-8")) if memory.exists() else {}
    imported = [test for test in TESTS if test.startswith("tests/test_") and "_laws_" not in test]
    first = {file: [test for test in tests if Path(test).exists()] for file, tests in FILES.items()}
    suite = Suite(TESTS, imported, first)
    results = run_in_place(mutants, suite, processes, killers)
    for index, result in results.items():
        killers["\n".join(mutants[index].key)] = result
    memory.write_text(json.dumps(killers), "utf-8")
    again = {
        index: mutant
        for index, mutant in enumerate(mutants)
        if results.get(index, NO_TEST) in ({NO_TEST} if is_quick else {NO_TEST, SURVIVED})
    }
    print(f"{len(again)} mutants to import", flush=True)

    def report(index: int, result: str) -> None:
        results[index] = result
        if result == SURVIVED:
            print(f"survived: {mutants[index]}", flush=True)

    run_imported(again, suite, processes, report)
    return [results[index] for index in range(len(mutants))]


def _print_table(mutants: list[Mutant], survivors: list[Mutant], reasons: dict[MutantKey, str]) -> float:
    """Print the figures of each file and return the percentage of all mutants that were killed."""
    total = Counter(mutant.path.as_posix() for mutant in mutants)
    alive = Counter(mutant.path.as_posix() for mutant in survivors)
    argued = Counter(mutant.path.as_posix() for mutant in survivors if mutant.key in reasons)
    print(f"{'file':<40}{'mutants':>8}{'killed':>8}{'argued':>8}{'survived':>9}{'score':>8}")
    for file in [*total, ""]:
        count, left, reasoned = (
            (total[file], alive[file], argued[file])
            if file
            else (total.total(), alive.total(), argued.total())
        )
        percent = 100 * (count - left) / count
        name = file or "all"
        print(f"{name:<40}{count:>8}{count - left:>8}{reasoned:>8}{left - reasoned:>9}{percent:>7.1f}%")
    return 100 * (1 - len(survivors) / len(mutants))


def _argued() -> dict[MutantKey, str]:
    """Return the reason of each argued mutant by its key."""
    if not ARGUED.exists():
        return {}
    entries = tomllib.loads(ARGUED.read_text("utf-8")).get("mutant", [])
    return {
        mutant_key(entry["file"], entry["scope"], entry["line"], entry["mutant"]): entry["reason"]
        for entry in entries
    }


if __name__ == "__main__":
    sys.exit(main())
