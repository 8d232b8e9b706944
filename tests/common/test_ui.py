"""The tags and components that every page uses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from common.templatetags import ui
from common.timezones import zone_label

MOMENT = datetime(2027, 3, 12, 13, 0, tzinfo=UTC)


def rendered(source: str, **context: Any) -> str:
    return Template(source).render(Context(context))


def reader(zone: str) -> SimpleNamespace:
    return SimpleNamespace(user=SimpleNamespace(time_zone=zone))


class ExampleForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the badge.")
    note = forms.CharField(label="Note", required=False)
    colour = forms.ChoiceField(
        label="Colour", choices=[("r", "Red"), ("g", "Green")], widget=forms.RadioSelect
    )
    kinds = forms.MultipleChoiceField(
        label="Kinds", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label="Agreed")
    secret = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("Something about the whole.")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", "Fri 12 Mar 2027, 14:00 (Berlin time)"),
        ("America/New_York", "Fri 12 Mar 2027, 08:00 (New York time)"),
        ("Pacific/Auckland", "Sat 13 Mar 2027, 02:00 (Auckland time)"),
        ("UTC", "Fri 12 Mar 2027, 13:00 (UTC)"),
    ],
)
def test_local_time_is_in_the_readers_zone_and_names_it(zone: str, expected: str) -> None:
    html = rendered("{% local_time moment %}", moment=MOMENT, request=reader(zone))
    assert html == f'<time datetime="2027-03-12T13:00:00+00:00">{expected}</time>'


def test_local_time_in_a_given_zone() -> None:
    assert "22:00 (Tokyo time)" in rendered(
        '{% local_time moment "Asia/Tokyo" %}', moment=MOMENT, request=reader("UTC")
    )


def test_local_time_in_german() -> None:
    with translation.override("de"):
        assert "Mär" in rendered("{% local_time moment %}", moment=MOMENT, request=reader("UTC"))


def test_local_date_of_a_moment_is_the_readers_day() -> None:
    assert "Sat 13 Mar 2027" in rendered(
        "{% local_date moment %}", moment=MOMENT, request=reader("Pacific/Auckland")
    )
    assert "Fri 12 Mar 2027" in rendered(
        "{% local_date day %}", day=date(2027, 3, 12), request=reader("Pacific/Auckland")
    )


@pytest.mark.parametrize("tag", ["local_time", "local_date"])
def test_nothing_for_no_moment(tag: str) -> None:
    assert rendered(f"{{% {tag} moment %}}", moment=None) == ""


def test_zone_label() -> None:
    assert [zone_label(name) for name in ("UTC", "America/Argentina/Buenos_Aires")] == [
        "UTC",
        "Buenos Aires time",
    ]


def test_state_badge_says_the_state_in_words() -> None:
    assert (
        rendered('{% state_badge "active" "Active" %}')
        == '<span class="state state-good">Active</span>'
    )
    assert (
        rendered('{% state_badge "unheard" "Unheard" %}')
        == '<span class="state state-none">Unheard</span>'
    )
    assert (
        rendered('{% state_badge "active" "Active" tone="bad" %}')
        == '<span class="state state-bad">Active</span>'
    )
    assert "&lt;b&gt;" in rendered("{% state_badge label label %}", label="<b>")


@pytest.mark.parametrize(
    ("state", "tone"), [("applied", "wait"), ("invited", "none"), ("approved", "good")]
)
def test_amber_is_what_needs_the_reader(state: str, tone: str) -> None:
    assert f"state-{tone}" in rendered(f'{{% state_badge "{state}" "{state}" %}}')


def test_each_state_has_one_tone() -> None:
    states = " ".join(ui.TONES.values()).split()
    assert len(states) == len(set(states))


@pytest.mark.parametrize("key", list(ui.WHO_SEES))
def test_who_sees_has_words_for_each_key(key: str) -> None:
    html = rendered(f'{{% who_sees "{key}" %}}')
    assert "Who can see this:" in html
    assert str(ui.WHO_SEES[key]).replace("'", "&#x27;") in html


def test_who_sees_promises_nothing_unwritten() -> None:
    with pytest.raises(KeyError):
        rendered('{% who_sees "nobody-has-written-this" %}')


@pytest.mark.django_db
def test_crumb_leaves_home_out_as_the_frame_begins_with_it() -> None:
    assert rendered('{% crumb "/" "Home" %}') == ""
    assert rendered("{% crumb url label %}", url="/x/", label="<X>") == (
        '<li class="breadcrumb-item"><a href="/x/">&lt;X&gt;</a></li>'
    )


def test_error_prefix_for_sent_forms_with_errors_alone() -> None:
    source = "{% error_prefix %}"
    assert rendered(source) == ""
    assert rendered(source, form=ExampleForm()) == ""
    assert rendered(source, anything=ExampleForm({})) == "Error: "
    assert rendered(source, rows=[ExampleForm(), ExampleForm({})]) == "Error: "


def test_error_summary_leads_to_every_field() -> None:
    html = render_to_string("components/error_summary.html", {"form": ExampleForm({"name": ""})})
    for target in ("id_name", "id_colour_0", "id_kinds_0", "id_agreed"):
        assert f'href="#{target}"' in html, target
    assert "Something about the whole." in html
    assert 'role="alert"' in html
    assert 'tabindex="-1"' in html
    assert "id_note" not in html


def test_error_summary_is_not_there_without_errors() -> None:
    assert render_to_string("components/error_summary.html", {"form": ExampleForm()}).strip() == ""


def test_form_has_every_id_that_the_summary_and_the_fields_name() -> None:
    form = ExampleForm({"name": ""})
    html = rendered("{% load crispy_forms_tags %}{{ form|crispy }}", form=form)
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    named = {
        name for group in re.findall(r'aria-describedby="([^"]+)"', html) for name in group.split()
    }
    assert named
    assert named <= ids
    summary = render_to_string("components/error_summary.html", {"form": form})
    assert set(re.findall(r'href="#([^"]+)"', summary)) <= ids
    assert set(re.findall(r'<label for="([^"]+)"', html)) <= ids


def test_form_says_what_is_optional_and_who_sees_a_field() -> None:
    form = ExampleForm()
    form.fields["note"].who_sees = "me"  # type: ignore[attr-defined]
    html = rendered("{% load crispy_forms_tags %}{{ form|crispy }}", form=form)
    assert html.count("(optional)") == 1
    assert "*" not in html
    assert "Only you can see this." in html


def test_form_groups_are_fieldsets_with_a_legend() -> None:
    html = rendered("{% load crispy_forms_tags %}{{ form|crispy }}", form=ExampleForm())
    assert html.count("<fieldset") == 2
    assert re.findall(r"<legend[^>]*>([^<]+)", html) == ["Colour", "Kinds"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1, ["1", "2", "…", "9"]),
        (5, ["1", "…", "4", "5", "6", "…", "9"]),
        (9, ["1", "…", "8", "9"]),
    ],
)
def test_pagination_keeps_the_rest_of_the_address(number: int, shown: list[str]) -> None:
    request = RequestFactory().get("/people/", {"q": "anna", "page": number})
    page = Paginator(range(90), 10).get_page(number)
    html = render_to_string("components/pagination.html", {"page": page}, request=request)
    numbers = re.findall(r"Page </span>(\d+)|page-gap\">(…)", html)
    assert [a or b for a, b in numbers] == shown
    assert all("q=anna" in link for link in re.findall(r'href="([^"]+)"', html))
    assert html.count('aria-current="page"') == 1


def test_pagination_of_one_page_is_only_the_number_for_those_who_listen() -> None:
    page = Paginator(range(3), 10).get_page(1)
    html = render_to_string("components/pagination.html", {"page": page})
    assert "3 entries" in html
    assert "<nav" not in html
    nothing = Paginator([], 10).get_page(1)
    assert render_to_string("components/pagination.html", {"page": nothing}).strip() == ""


def test_filter_form_is_a_get_form_that_works_without_scripts() -> None:
    request = RequestFactory().get("/people/", {"name": "anna"})
    form = ExampleForm(request.GET)
    plain = render_to_string("components/filter_form.html", {"form": form, "request": request})
    assert 'method="get"' in plain
    assert "hx-get" not in plain
    assert 'href="/people/"' in plain, "a way back to everything"
    live = render_to_string(
        "components/filter_form.html", {"form": form, "request": request, "area": "rows"}
    )
    assert 'hx-target="#rows"' in live
    assert 'type="submit"' in live


def test_progress_asks_on_only_while_running() -> None:
    request = RequestFactory().get("/runs/1/")
    running = {"value": 40, "label": "Matching", "area": "run", "running": True, "request": request}
    html = render_to_string("components/progress.html", running)
    assert 'hx-trigger="every 2s"' in html
    assert 'value="40"' in html
    assert 'hx-get="/runs/1/"' in html
    done = render_to_string(
        "components/progress.html", {"value": 100, "label": "Done", "request": request}
    )
    assert "hx-" not in done


def test_progress_without_a_number_is_indeterminate() -> None:
    context = {"value": None, "label": "Waiting", "running": True, "area": "a", "url": "/runs/1/"}
    html = render_to_string(
        "components/progress.html", {**context, "request": RequestFactory().get("/runs/1/")}
    )
    assert "<progress" in html
    assert "value=" not in html


@pytest.mark.parametrize("template", ["400.html", "500.html", "403_csrf.html"])
def test_pages_for_trouble_need_no_database_and_no_request(template: str) -> None:
    html = render_to_string(template)
    assert "<h1>" in html
    assert 'href="/"' in html
