"""What the HR admin does in the loop test, page by page."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.companies import Company
from tests.e2e.stage import Stage, follow, heading, press, settled

PASSWORD = "a long and quiet river"
WORK_SECONDS = 60_000  # milliseconds that a worker may take


def set_password(stage: Stage, company: Company) -> Page:
    """The set-up link of the command line; the HR admin is signed in afterwards."""
    printed = stage.system.manage("create_hr_admin", company.hr_admin)
    link = next(word for word in printed.split() if word.startswith("http"))
    page = stage.go(stage.desk(company.hr_admin), link)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password", exact=False).nth(1).fill(PASSWORD)
    press(page, "Save and go on")
    return page


def set_up_company(page: Page, company: Company) -> None:
    """An empty installation asks for this first."""
    expect(heading(page)).to_have_text("Welcome. Let us set this up")
    page.get_by_label("Name of the company").fill("Loop Works")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    if company.grades:
        page.get_by_label("Grades").fill("\n".join(company.grades))
    press(page, "Save and go on")
    expect(heading(page)).to_have_text("What comes next")


def import_people(page: Page, company: Company) -> None:
    """Upload, columns as guessed, look, apply; the worker does the work."""
    follow(page, "Import people")
    page.get_by_label("The directory as CSV or XLSX").set_input_files(company.file)
    press(page, "Upload and check the columns")
    press(page, "See what would change")
    apply = page.get_by_role("button", name="Apply this import")
    expect(apply).to_be_visible(timeout=WORK_SECONDS)
    expect(page.get_by_text("rows with errors").first).to_be_visible()
    if not company.grades:
        press(page, "Give these grades")
        no_grades = page.get_by_role("button", name="Give no grades")
        expect(no_grades).to_be_visible(timeout=WORK_SECONDS)
    press(page, "Apply this import")
    expect(page.get_by_role("heading", name="The import is done")).to_be_visible(
        timeout=WORK_SECONDS
    )
    follow(page, "See the people")
    page.get_by_label("Search").first.fill(company.mentors[0].name)
    expect(page.get_by_role("row").filter(has_text=company.mentors[0].name)).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)


def new_program(page: Page, stage: Stage, company: Company, starts_on: date) -> str:
    """From the template through the wizard until enrolment is open; the program's address."""
    stage.go(page, "/programs/")
    follow(page, "New program")
    page.get_by_text("Digital fluency", exact=True).click()
    page.get_by_label("Name of the program").fill("Digital fluency")
    press(page, "Make a draft")
    press(page, "Save and continue")  # purpose and topics as the template has them
    page.get_by_label("Last day to enrol").fill(str(starts_on - timedelta(days=3)))
    page.get_by_label("First day").fill(str(starts_on))
    page.get_by_label("Last day", exact=True).fill(str(starts_on + timedelta(days=182)))
    press(page, "Save and continue")
    choose_grades(page, company)
    press(page, "Save and continue")
    for _step in ("rules", "agreement", "surveys", "reminders"):
        press(page, "Save and continue")
    expect(heading(page)).to_have_text("Ready")
    follow(page, "Open enrolment")
    press(page, "Open enrolment")
    expect(heading(page)).to_have_text("Invite people")
    return re.sub(r"invite/$", "", page.url)


def choose_grades(page: Page, company: Company) -> None:
    """Who may join; where the grades come from the reporting tree, its top two levels learn from
    those below.
    """
    teach, learn = (
        page.get_by_label("Those who teach: up to this grade"),
        page.get_by_label("Those who learn: from this grade"),
    )
    if company.grades:
        teach.select_option(label=company.mentor_max)
        learn.select_option(label=company.mentee_min)
    else:
        levels = teach.locator("option").count() - 1
        teach.select_option(index=levels - 2)
        learn.select_option(index=levels - 1)


def invite(page: Page, company: Company) -> None:
    """By the filter of grades, or by a list of addresses."""
    count = len(company.everyone)
    if company.invite_list:
        follow(page, "By a pasted list")
        page.get_by_label("People", exact=True).fill(
            "\n".join(person.email for person in company.everyone)
        )
        press(page, "Check the list")
    else:
        page.get_by_label("Grade up to").select_option(label=company.mentee_min)
        expect(page.get_by_role("heading", name=f"{count} people would be invited")).to_be_visible()
    press(page, f"Invite these {count} people")
    expect(page.get_by_role("row")).to_have_count(count + 1)


def approve_everybody(page: Page, stage: Stage, program: str, company: Company) -> None:
    """In bulk, from the list of those who have applied."""
    stage.go(page, f"{program}people/?state=applied")
    expect(page.get_by_role("row")).to_have_count(len(company.everyone) + 1)
    page.get_by_label("Tick all on this page").check()
    press(page, "Approve")
    expect(page.get_by_text(f"{len(company.everyone)} people approved").first).to_be_visible()


def match(page: Page, stage: Stage, program: str, company: Company) -> None:
    """Close enrolment, run matching in the worker, watch it to its end, publish."""
    stage.go(page, f"{program}state/start-matching/")
    press(page, "Close enrolment and start matching")
    press(page, "Run matching")
    publish = page.get_by_role("link", name="Publish …")
    pairs = page.locator("#run .figures strong").first
    expect(pairs).to_be_visible(timeout=WORK_SECONDS)
    expect(pairs).to_have_text(str(len(company.mentors)))
    if (
        not publish.is_visible()
    ):  # the page has followed the run; the buttons above it are those of its beginning
        page.reload()
        settled(page)
    follow(page, "Publish …")
    press(page, f"Publish and ask {len(company.mentors)} mentors")
    expect(page.get_by_text("mentors are asked first").first).to_be_visible()


def check_overview(page: Page, stage: Stage, program: str, words: list[str]) -> None:
    """What the overview of the program says."""
    stage.go(page, program)
    for sentence in words:
        expect(page.get_by_role("main")).to_contain_text(sentence)


def people_list(page: Page, stage: Stage, program: str, approved: int) -> None:
    """A number of the overview leads to its list."""
    stage.go(page, program)
    page.locator(".chart-value a[href*='state=approved']").first.click()
    expect(page.get_by_role("row")).to_have_count(approved + 1)


def read_results(
    page: Page, stage: Stage, program: str, title: str, *, answers: int, k: int = 5
) -> None:
    """A closed round: figures for k people or more, nothing for fewer."""
    stage.go(page, f"{program}surveys/?state=closed")
    follow(page, title)
    if answers >= k:
        expect(page.get_by_text("answered 4 or 5").first).to_be_visible()
    else:
        expect(page.get_by_text(re.compile(f"Hidden: fewer than {k}")).first).to_be_visible()
        expect(page.locator(".chart")).to_have_count(0)
