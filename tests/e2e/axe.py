"""axe-core on a page. It comes from npm with the other front-end packages (make assets)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def script() -> str:
    """axe itself. FileNotFoundError tells to run `make assets`."""
    if not AXE.exists():
        raise FileNotFoundError(f"{AXE} is missing: run `make assets` first.")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, rules: list[str] | None = None) -> list[dict[str, Any]]:
    """What axe finds on the page as it is now, by the rules of WCAG 2.2 AA and axe's best practice,
    or by these.
    """
    # evaluated by the debugger, so the page's Content-Security-Policy stays as it is
    page.evaluate(f"() => {{ if (!window.axe) {{ {script()} }} }}")
    result = page.evaluate(
        "(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: "
        "['violations']})",
        rules or RULES,
    )
    found: list[dict[str, Any]] = result["violations"]
    return found


def problems(page: Page) -> list[str]:
    """What axe finds, one line each, and whether the page is wider than the screen."""
    page.wait_for_function("() => document.readyState === 'complete'")
    found = [
        f"{item['id']}: {item['help']} | "
        + " | ".join(
            f"{' '.join(node['html'].split())[:200]} ({why(node)[:300]})"
            for node in item["nodes"][:3]
        )
        for item in violations(page)
    ]
    wide = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [*found, f"{wide} px wider than the screen"] if wide > 0 else found


def assert_accessible(page: Page) -> None:
    """Nothing found, and nothing wider than the screen."""
    found = problems(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


def why(node: dict[str, Any]) -> str:
    """axe's summary in one line."""
    return " ".join(str(node.get("failureSummary", "")).split())
