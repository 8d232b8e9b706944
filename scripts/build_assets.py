"""Build what the pages need from npm into build/static; do nothing when nothing that it depends on
has changed.

    .venv/bin/python scripts/build_assets.py [--budget]

With --budget it also weighs each page's first load and fails above the budget.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "static"
STAMP = ROOT / "build" / "assets.json"
APPS = [
    "mentoring",
    "goals",
    "concerns",
    "feedback",
    "matching",
    "meetings",
    "pairings",
    "programs",
    "accounts",
    "notifications",
    "common",
]
BIN = Path(sys.executable).parent
PACKAGES = Path(sysconfig.get_path("purelib"))
SECOND_FACTOR = PACKAGES / "allauth" / "mfa" / "static"  # the passkeys' script
# Everything a page loads at first, compressed; the HTML itself is not built yet and gets an
# allowance.
BUDGET, HTML_ALLOWANCE = 150_000, 20_000


def content_files() -> list[Path]:
    """Where the name of a style may stand."""
    found = {*ROOT.glob("templates/**/*.html"), *ROOT.glob("static/js/**/*.js")}
    for app in APPS:
        # Any module, since a style's name may come from a form, a tag or an enum; migrations hold
        # none.
        found |= {path for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts}
    found |= set((PACKAGES / "crispy_bootstrap5").glob("templates/**/*.html"))
    return sorted(found)


def digest(paths: Iterable[Path]) -> str:
    """Of names and contents, so that a mere checkout rebuilds nothing."""
    total = hashlib.sha256()
    for path in paths:
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        total.update(str(name).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def run(command: list[str]) -> None:
    """Run quietly; show what it said when it fails."""
    path = f"{BIN}:{os.environ.get('PATH', os.defpath)}"  # the wheel's node before any other
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        sys.exit(
            f"{done.stdout}{done.stderr}The pages' styles and scripts could not be built: see "
            f"the lines above."
        )


def build() -> None:
    """npm's packages when the lock changed, then the files in build/static when anything else
    did.
    """
    stamp = json.loads(STAMP.read_text()) if STAMP.exists() else {}
    packages = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    node_modules = ROOT / "node_modules"
    if stamp.get("packages") != packages or not node_modules.exists():
        print("Installing the front-end packages of package-lock.json ...", flush=True)
        run(["npm", "ci", "--no-progress"])
    content = content_files()
    inputs = digest([*content, *sorted((ROOT / "scripts" / "assets").iterdir()), Path(__file__)])
    if stamp == {"packages": packages, "inputs": inputs} and (OUT / "vendor").exists():
        return
    print("Building the pages' styles and scripts into build/static ...", flush=True)
    draft = OUT.with_name(f"static.{os.getpid()}")
    run(["node", "scripts/assets/build.mjs", str(draft), *map(str, content)])
    (OUT / "vendor").mkdir(parents=True, exist_ok=True)
    for path in (draft / "vendor").iterdir():
        path.replace(
            OUT / "vendor" / path.name
        )  # at no moment is a file missing for a server or test that runs now
    shutil.rmtree(draft)
    STAMP.write_text(json.dumps({"packages": packages, "inputs": inputs}))


def weigh(name: str) -> int:
    """Bytes of one static file over the wire."""
    for folder in (ROOT / "static", OUT, SECOND_FACTOR):
        if (folder / name).exists():
            content = (folder / name).read_bytes()
            compressed = gzip.compress(content, 6)
            return min(len(content), len(compressed))
    sys.exit(
        f"A template asks for {name}, which is not in static/, in build/static/ or in allauth's."
    )


def static_names(template: Path) -> set[str]:
    """What a template and the ones it extends load by {% static %}; not the right-to-left twin of
    the style.
    """
    text = template.read_text(encoding="utf-8")
    names = set(re.findall(r"""{%\s*static\s+["']([^"']+)["']""", text))
    for parent in re.findall(r"""{%\s*extends\s+["']([^"'#]+)["']""", text):
        if (ROOT / "templates" / parent).exists():
            names |= static_names(ROOT / "templates" / parent)
    return {name for name in names if ".rtl." not in name}


def check_budget() -> None:
    """Fail when a page's styles, scripts and pictures leave too little of the budget for its
    HTML.
    """
    heaviest, page = 0, ""
    for template in sorted((ROOT / "templates").glob("**/*.html")):
        weight = sum(weigh(name) for name in static_names(template))
        if weight > heaviest:
            heaviest, page = weight, str(template.relative_to(ROOT))
    print(
        f"Heaviest page: {page}, {heaviest / 1000:.0f} kB of files and up to "
        f"{HTML_ALLOWANCE // 1000} kB of HTML."
    )
    if heaviest + HTML_ALLOWANCE > BUDGET:
        sys.exit(f"Over the page budget of {BUDGET // 1000} kB.")


if __name__ == "__main__":
    build()
    if "--budget" in sys.argv:
        check_budget()
