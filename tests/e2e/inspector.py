"""Opens pages and collects what is wrong with them: axe, overflow, missing files, the console."""

from __future__ import annotations

from playwright.sync_api import Error, Page, Response

from tests.e2e.axe import problems, problems_of_looks

SCREENS = {
    "phone-light": (390, 844, "light"),
    "phone-dark": (390, 844, "dark"),
    "desk-light": (1280, 900, "light"),
    "desk-dark": (1280, 900, "dark"),
}
VIOLATIONS = (
    "addEventListener('securitypolicyviolation', (e) => console.error(`CSP: "
    "${e.violatedDirective} ${e.blockedURI}`))"
)
# A change of colours would take a moment, for which axe does not wait. A sheet made by script is
# not refused by the Content-Security-Policy.
WITHOUT_TRANSITIONS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, ::before, ::after { transition: none !important }");
  document.adoptedStyleSheets.push(sheet);
}"""


class Inspector:
    """Complaints of the console fail the test by the fixture `page`; the rest is in `found`."""

    def __init__(self, page: Page, site: str) -> None:
        self.page, self.site = page, site
        self.found: list[str] = []
        self.seen: set[tuple[str, tuple[str, ...], str]] = set()
        page.add_init_script(VIOLATIONS)
        page.on("response", self.listen)

    def listen(self, response: Response) -> None:
        """A page and all that belongs to it must be there."""
        if response.status >= 400:
            self.found.append(f"{response.status} {response.url} on {self.page.url}")

    def show(self, screen: str) -> None:
        """From now on as on this screen."""
        width, height, scheme = SCREENS[screen]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]

    def opened(self, path: str) -> bool:
        """Open a page; False for a file that is offered for download."""
        try:
            self.page.goto(self.site + path)
        except Error as error:
            if "Download is starting" in str(error) or "ERR_ABORTED" in str(error):
                return False
            raise
        return True

    def visit(self, path: str, *screens: str, reader: str = "") -> bool:
        """Look for problems of one page: in full on the first screen, and then on the others for
        what depends on width and colours. It is opened once.

        False for a download, and where the address led to a page that this reader has seen.
        """
        self.show(screens[0])
        if not self.opened(path):
            return False
        place = (reader, screens, self.page.url)
        if place in self.seen:
            return False
        self.seen.add(place)
        self._note(path, screens[0], problems(self.page))
        for screen in screens[1:]:
            self.page.evaluate(WITHOUT_TRANSITIONS)
            self.show(screen)
            self._note(path, screen, problems_of_looks(self.page))
        return True

    def _note(self, path: str, screen: str, problems: list[str]) -> None:
        self.found += [f"{path} {screen}: {problem}" for problem in problems]
