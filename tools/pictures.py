"""``make pictures``: take the picture of the README, a run of ``webhook-verify demo`` in a terminal.

Headless Chromium renders it to ``docs/assets/demo.png``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from tools.site import DOCS, ROOT
from tools.site_screenshots import chromium

PICTURE = DOCS / "assets" / "demo.png"
_COLUMNS = 84


def demo_output() -> str:
    """Return the output of the demo with its colors."""
    command = [str(Path(sys.executable).with_name("webhook-verify")), "demo"]
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)}
    ran = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", ran.stdout)


def main() -> int:
    """Take the picture."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=_COLUMNS, file=nowhere)
        console.print(Text.from_ansi(demo_output()))
        svg = console.export_svg(title="webhook-verify demo")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 700}, device_scale_factor=1.5)
        page.set_content(f"<body style='margin:0'>{svg}</body>")
        page.locator("svg").screenshot(path=PICTURE, omit_background=True)
        browser.close()
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
