"""`webhook-verify probe`: deliveries sent to any receiver, and checks of its responses.

From the lowest layer: `raw_http` writes bytes to a socket, `endpoint` builds requests, `sender` signs them,
`signatures` forges signatures, `check` defines a check, `checks_genuine`, `checks_forged`,
`checks_malformed`, `checks_transport`, `checks_duplicates` and `checks_responses` contain the checks,
`checks` lists all of them, `runner` runs them and `report` prints the results.
"""

from __future__ import annotations

__all__: list[str] = []
