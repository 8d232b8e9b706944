"""Take the README's pictures of a running demo: `.venv/bin/python scripts/screenshots.py
[http://localhost:8000]`.

Needs a Chromium (tests/chromium.py finds it). The pictures go to docs/img; look at them before you
commit them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import chromium  # noqa: E402


def sign_in(page: Page, base: str, kind: str) -> None:
    """As the person of that kind, with the buttons of the demo's sign-in page."""
    page.goto(f"{base}/sign-in/login/")
    page.locator(".demo-person", has_text=kind).get_by_role("button").click()
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{base}/")


def hr_pictures(page: Page, base: str) -> None:
    """What the people who run a program see."""
    sign_in(page, base, "HR admin")
    page.get_by_role("link", name=re.compile(r"^Open.*Digital fluency$")).click()
    picture(page, "overview")
    page.get_by_role("link", name="Pairs", exact=True).first.click()
    page.get_by_role("link", name="Matching", exact=True).first.click()
    page.locator("main a[href^='/matching/']").last.click()
    picture(page, "matching")
    page.get_by_role("link", name="Surveys", exact=True).first.click()
    page.get_by_role("link", name="How is it going? 1", exact=True).click()
    picture(page, "survey")


def mentor_pictures(page: Page, base: str) -> None:
    """What a mentor sees on a phone."""
    sign_in(page, base, "Junior mentor")
    page.get_by_role("link", name="My pair").first.click()
    picture(page, "pair-home")


def picture(page: Page, name: str) -> None:
    """The part of the page that fits the window."""
    page.wait_for_load_state("networkidle")
    path = ROOT / "docs" / "img" / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path)
    print(f"{path.relative_to(ROOT)}: {page.title()}")


def main() -> None:
    """All pictures."""
    base = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8000"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_args())
        for take, width, height in ((hr_pictures, 1280, 860), (mentor_pictures, 390, 844)):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="light"
            )
            take(context.new_page(), base)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
