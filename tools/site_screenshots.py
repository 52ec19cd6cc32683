"""``make site-screenshots``: take pictures of each page of the site, light and dark, for phone and desktop.

Opens the built site in headless Chromium and writes ``.site/screenshots/<page>-<width>-<scheme>.png``. Also
reports a page that is wider than its screen, a failed request, and an error in the console.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tools.site import BUILT

PICTURES = BUILT.with_name("screenshots")
WIDTHS = {390: 844, 1280: 900}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Do not log the requests of this program."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of loopback, and yield its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def chromium() -> str:
    """Return the path of the Chromium of this system, or end the program."""
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    if found is None:
        sys.exit("Chromium is not installed: install the package chromium")
    return found


def pages(only: str) -> list[str]:
    """Return the paths of the built pages that contain ``only``."""
    found = sorted(str(path.relative_to(BUILT).parent) for path in BUILT.rglob("index.html"))
    return [page for page in found if only in page]


def _look(page: Page, url: str, picture: Path) -> list[str]:
    faults: list[str] = []
    page.on("console", lambda line: faults.append(f"console: {line.text}") if line.type == "error" else None)
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    page.goto(url, wait_until="load")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        faults.append(f"the page is {wider} px wider than the screen")
    page.screenshot(path=picture, full_page=True)
    return faults


def main() -> int:
    """Take the pictures, print the faults, and return 1 if there are any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("only", nargs="?", default="", help="only pages whose path contains this text")
    only = parser.parse_args().only
    PICTURES.mkdir(parents=True, exist_ok=True)
    count = 0
    faults: list[str] = []
    with served(BUILT) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for width, height in WIDTHS.items():
            for scheme in SCHEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                context.route(
                    lambda asked: not asked.startswith(url), lambda route: route.fulfill(status=204)
                )
                for each in pages(only):
                    name = each.replace("/", "-").strip(".-") or "index"
                    page = context.new_page()
                    for fault in _look(page, f"{url}{each}/", PICTURES / f"{name}-{width}-{scheme}.png"):
                        faults.append(f"{each} at {width} px, {scheme}: {fault}")
                    page.close()
                    count += 1
                context.close()
        browser.close()
    print(*faults, sep="\n")
    print(f"{count} pictures in {PICTURES}, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
