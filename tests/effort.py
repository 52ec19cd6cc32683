"""The number of hypothesis examples: few in `make test`, more in `make test-all`.

`HYPOTHESIS_PROFILE=thorough` chooses the larger number. A test with its own number uses
`@examples(300)` instead of `@settings(max_examples=300)`, so that the profile applies to it, too.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, configuration, settings

__all__ = ["THOROUGH", "examples"]

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"

_SHARE = 1 if THOROUGH else 8  # of the thorough number
_MIN_EXAMPLES = 5

# Tests do not write into the checkout: hypothesis stores its Unicode table in the temporary folder, and no
# database of examples. `print_blob` prints how to repeat a failure.
configuration.set_hypothesis_home_dir(
    Path(tempfile.gettempdir()) / f"webhook-verify-hypothesis-{os.getuid()}"
)

# A busy machine is not a failure.
settings.register_profile(
    "suite",
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    max_examples=100 // _SHARE,
)
settings.load_profile("suite")


def examples(number: int, **options: Any) -> settings:
    """Return settings with `number` examples, or an eighth of them in `make test`.

    Args:
        number: The number of examples in a thorough run.
        options: Further arguments of `hypothesis.settings`.
    """
    return settings(max_examples=max(number // _SHARE, _MIN_EXAMPLES), **options)
