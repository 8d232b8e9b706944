"""What mentors, mentees and respondents do in the loop test, page by page, on a phone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.e2e.companies import Person
from tests.e2e.stage import PHONE, Stage, follow, heading, press, settled

BERLIN = ZoneInfo("Europe/Berlin")
INVITATION, OFFER, PAIR = "Will you join", "We have a match for you", "are a pair in"
TAKEAWAY, NOTE = "We compared two assistants on one real mail.", "Slower next time."
PULSE = "How is it going?"


def open_invitation(stage: Stage, person: Person) -> Page:
    """The link of the invitation, a code by mail, the page of one's enrolment."""
    page = stage.phone(person.email)
    page.goto(stage.link(person.email, INVITATION))
    stage.sign_in_by_code(page, person.email)
    follow(page, "Start")
    return page


def enrol_as_mentor(stage: Stage, person: Person, at: int) -> None:
    """Four pages, check, hand in."""
    page = open_invitation(stage, person)
    for offset, level in enumerate(("4", "5", "3")):
        page.locator(".topic-row select").nth((at + offset) % 12).select_option(level)
    press(page, "Save and continue")
    page.get_by_label("What would make this worth your time?").fill(
        "To see how decisions are made."
    )
    press(page, "Save and continue")
    page.get_by_label("What do you not want to talk about?").fill("My pay.")
    press(page, "Save and continue")
    say_when(page)
    press(page, "Save and continue")
    hand_in(page)


def enrol_as_mentee(stage: Stage, person: Person, at: int) -> None:
    """Three pages, check, hand in."""
    page = open_invitation(stage, person)
    page.get_by_label("What would you like to understand better").fill(
        "What an assistant can do in my daily work."
    )
    page.get_by_label("First choice").select_option(index=1 + at % 12)
    page.get_by_label("Second choice").select_option(index=1 + (at + 1) % 12)
    press(page, "Save and continue")
    for scale in page.locator("fieldset.scale:visible").all():
        scale.get_by_role("radio").first.check()
    press(page, "Save and continue")
    say_when(page)
    press(page, "Save and continue")
    hand_in(page)


def say_when(page: Page) -> None:
    """Every morning of the week, in English."""
    for day in range(5):
        page.locator("fieldset.day").nth(day).get_by_label("Morning", exact=False).check()
    page.get_by_label("English", exact=True).check()


def hand_in(page: Page) -> None:
    """Look at one's answers and hand them in."""
    expect(heading(page)).to_have_text("Check your answers")
    press(page, "Hand in")
    expect(page.get_by_text("Your answers have arrived").first).to_be_visible()


def accept(stage: Stage, person: Person) -> None:
    """From the mail to the answer."""
    page = stage.go(stage.phone(person.email), stage.link(person.email, OFFER))
    pledge = page.get_by_role("button", name="I promise")
    if pledge.count():
        pledge.click()
    expect(page.get_by_role("heading", name="Why you two")).to_be_visible()
    press(page, "Accept")


def sign(stage: Stage, person: Person) -> str:
    """From the mail that says who the other one is, by the pair's page, to the signature; the name
    of the other one.
    """
    page = stage.go(stage.phone(person.email), stage.link(person.email, PAIR))
    partner = heading(page).inner_text().removeprefix("You and ")
    follow(page, "Read and sign")
    press(page, "Sign")
    expect(page.get_by_role("button", name="Sign", exact=True)).to_have_count(0)
    return str(partner)


def go_to_pair(stage: Stage, person: Person) -> Page:
    """By the navigation, as one does later."""
    page = stage.go(stage.phone(person.email), "/")
    follow(page, "My pair")
    return page


def book(stage: Stage, mentee: Person, start: datetime) -> None:
    """One session, from the next step on the pair's page."""
    page = go_to_pair(stage, mentee)
    follow(page, "Book sessions")
    follow(page, "Book one session instead")
    wall = start.astimezone(BERLIN)
    page.locator("input[name=wall_date]").fill(f"{wall:%Y-%m-%d}")
    page.locator("input[name=wall_time]").fill(f"{wall:%H:%M}")
    zone = page.locator("select[name=time_zone]")
    if zone.count():  # asked where the two and the program are in different ones
        zone.select_option("Europe/Berlin")
    page.get_by_label("Join link").fill("https://meet.example.com/loop")
    press(page, "Book")
    expect(page.locator("#messages .notice-success")).to_be_visible()


def log_session(stage: Stage, mentor: Person) -> None:
    """From the next step on the pair's page; the private note goes with it."""
    page = go_to_pair(stage, mentor)
    follow(page, "Log it")
    page.get_by_label("We met").check()
    page.get_by_label("Good", exact=True).check()
    page.get_by_label("Shared takeaway").fill(TAKEAWAY)
    page.get_by_label("Private note").fill(NOTE)
    press(page, "Save")
    stage.go(page, "/")
    follow(page, "My pair")
    expect(page.get_by_text("1 of 6 held").first).to_be_visible()


def set_goal(stage: Stage, mentee: Person) -> None:
    """From "I want to" to a measure, and a first check-in."""
    page = go_to_pair(stage, mentee)
    follow(page, "Set a goal")
    page.get_by_label("I want to …").fill("prepare a meeting with an assistant on my own")
    page.get_by_label("How often I do it", exact=False).check()
    press(page, "Go on")
    press(page, "Set this goal")
    follow(page, "Check in")
    page.locator("input[name=value]").fill("2")
    page.get_by_label("Fairly sure").check()
    page.get_by_label("How does it go?").fill("Twice this week.")
    press(page, "Save")
    expect(page.get_by_text("Twice this week.").first).to_be_visible()


def sees_goal(stage: Stage, mentor: Person, *, note: str) -> None:
    """The other one of the pair sees the goal and the takeaway, but no private note that is not
    theirs.
    """
    page = go_to_pair(stage, mentor)
    expect(page.get_by_text("prepare a meeting with an assistant").first).to_be_visible()
    follow(page, "Session 1", exact=False)
    expect(page.get_by_text(TAKEAWAY).first).to_be_visible()
    assert note not in page.content()


def answer_survey(stage: Stage, person: Person, at: int) -> None:
    """By the mailed link, in a browser that is signed in nowhere.

    Not all say the same: that would hide the figures, too.
    """
    page = stage.browser(f"{person.email}, not signed in", PHONE)
    stage.go(page, stage.link(person.email, PULSE))
    page.get_by_role("button", name="Start").click()
    expect(page.locator("#question-1")).to_be_visible()
    check = page.get_by_role("heading", name="Check your answers")
    while not check.is_visible():
        question = page.locator(f"#{page.locator('[data-step]:visible').get_attribute('id')}")
        answer_question(page, at)
        page.get_by_role("button", name="Next").click()
        expect(question).to_be_hidden()
    press(page, "Send my answers")
    expect(heading(page)).to_have_text("Thank you")
    assert page.get_by_role("navigation", name="Main").count() == 0
    page.context.close()


def answer_question(page: Page, at: int) -> None:
    """One of three scale points by turns, the last of several; texts stay empty."""
    radios, boxes = page.get_by_role("radio"), page.get_by_role("checkbox")
    if radios.count():
        radios.nth(2 + at % 3).check()
    elif boxes.count():
        boxes.last.check()


def find_survey_closed(stage: Stage, person: Person) -> None:
    """Whoever comes too late is told so."""
    page = stage.browser(f"{person.email}, late", PHONE)
    page.goto(stage.link(person.email, PULSE))
    settled(page)
    expect(heading(page)).to_have_text("This survey has closed")
    page.context.close()
