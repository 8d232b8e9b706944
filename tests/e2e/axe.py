"""axe-core on a page. It comes from npm with the other front-end packages (make assets)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What may differ between two screens: colours, sizes, and what is shown on one of them alone.
LOOKS = [
    "color-contrast",
    "link-in-text-block",
    "target-size",
    "scrollable-region-focusable",
    "aria-hidden-focus",
    "button-name",
    "link-name",
    "label",
    "empty-heading",
    "region",
]


@cache
def script() -> str:
    """axe itself. FileNotFoundError tells to run `make assets`."""
    if not AXE.exists():
        raise FileNotFoundError(f"{AXE} is missing: run `make assets` first.")
    return AXE.read_text(encoding="utf-8")


def violations(
    page: Page, rules: list[str] | None = None, *, by: str = "tag"
) -> list[dict[str, Any]]:
    """What axe finds on the page as it is now, by the rules of WCAG 2.2 AA and axe's best practice,
    or by these: tags, or names of rules (`by="rule"`).
    """
    # evaluated by the debugger, so the page's Content-Security-Policy stays as it is
    page.evaluate(f"() => {{ if (!window.axe) {{ {script()} }} }}")
    result = page.evaluate(
        "([by, rules]) => axe.run(document, {runOnly: {type: by, values: rules}, "
        "resultTypes: ['violations'], preload: false})",
        [by, rules or RULES],
    )
    found: list[dict[str, Any]] = result["violations"]
    return found


def problems(page: Page) -> list[str]:
    """What axe finds, one line each, and whether the page is wider than the screen."""
    page.wait_for_function("() => document.readyState === 'complete'")
    return _lines(violations(page)) + _too_wide(page)


def problems_of_looks(page: Page) -> list[str]:
    """As `problems`, by those rules that depend on the screen's width and colours."""
    return _lines(violations(page, LOOKS, by="rule")) + _too_wide(page)


def _lines(found: list[dict[str, Any]]) -> list[str]:
    return [f"{item['id']}: {item['help']} | {_nodes(item['nodes'])}" for item in found]


def _nodes(nodes: list[dict[str, Any]]) -> str:
    """The first three elements, and what is wrong with each."""
    return " | ".join(
        f"{' '.join(node['html'].split())[:200]} ({why(node)[:300]})" for node in nodes[:3]
    )


def _too_wide(page: Page) -> list[str]:
    wide = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"{wide} px wider than the screen"] if wide > 0 else []


def assert_accessible(page: Page) -> None:
    """Nothing found, and nothing wider than the screen."""
    found = problems(page)
    assert not found, f"{page.url}\n" + "\n".join(found)


def why(node: dict[str, Any]) -> str:
    """axe's summary in one line."""
    return " ".join(str(node.get("failureSummary", "")).split())
