"""Which column of the file is what: guessed from headings and contents, corrected by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.domain.names import plain
from common.errors import DomainError

# What can be read, in the order of the page. The headings are compared after `key()`; the first that fits wins.
FIELDS: dict[str, str | Promise] = {
    "employee_id": gettext_lazy("Employee id"),
    "email": gettext_lazy("E-mail address"),
    "name": gettext_lazy("Full name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "preferred_name": gettext_lazy("What people call them"),
    "job_title": gettext_lazy("Job title"),
    "department": gettext_lazy("Department"),
    "location": gettext_lazy("Location"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
    "time_zone": gettext_lazy("Time zone"),
    "grade": gettext_lazy("Grade"),
    "manager_id": gettext_lazy("Manager’s employee id"),
    "manager_email": gettext_lazy("Manager’s e-mail address"),
    "manager_name": gettext_lazy("Manager’s name"),
    "hired_on": gettext_lazy("Hired on"),
    "status": gettext_lazy("Status (active or left)"),
}

# English and German headings, and those of Workday, BambooHR, SAP SuccessFactors, Personio, HiBob, ADP, Rippling, Entra ID.
HEADINGS: dict[str, str] = {
    "employee_id": """employee id|employee number|employee no|employee nr|employee code|employee key|emp id|empid|emp no|empno|
        emp number|emp code|staff id|staff number|staff no|person number|person id|person id external|personnel number|
        personnel no|personnel id|worker id|associate id|file number|payroll id|payroll number|hris id|user id|userid|id|no|nr|
        personalnummer|personal nr|pers nr|persnr|pernr|mitarbeiternummer|mitarbeiter nr|mitarbeiter id|mitarbeiterid|ma nr|
        ma id|angestelltennummer|kennung|matricule|legajo|stammnummer""",
    "email": """email|e mail|mail|email address|e mail address|mail address|work email|work e mail|work email address|
        business email|business e mail|business email address|company email|company e mail|corporate email|primary email|
        primary work email|email work|office email|user principal name|userprincipalname|upn|login|username|user name|
        e mail adresse|email adresse|mailadresse|mail adresse|geschaftliche e mail|geschaftliche email|dienstliche e mail|
        dienstliche email|firmen e mail|e mail geschaftlich|e mail dienstlich|e mail arbeit|arbeits e mail|courriel|correo""",
    "name": """name|full name|fullname|employee|employee name|worker|worker name|display name|displayname|complete name|
        formatted name|legal name|legal full name|person|person name|staff name|associate name|name vorname|vor und nachname|
        vorname nachname|nachname vorname|mitarbeiter|mitarbeitername|voller name|vollstandiger name|anzeigename|mitarbeitende""",
    "first_name": """first name|firstname|first|given name|givenname|given names|forename|fname|legal first name|
        employee first name|first name legal|vorname|vornamen|rufname vorname|prenom|nombre""",
    "last_name": """last name|lastname|last|surname|family name|familyname|lname|legal last name|employee last name|sn|
        last name legal|nachname|familienname|zuname|nom|nom de famille|apellido|apellidos""",
    "preferred_name": """preferred name|preferred first name|known as|nickname|nick name|goes by|call name|rufname|
        bevorzugter name|bevorzugter vorname|spitzname""",
    "job_title": """job title|jobtitle|title|job|position|position title|business title|role|job role|job name|job profile|
        designation|job information job title|stelle|stellenbezeichnung|berufsbezeichnung|jobtitel|funktion|tatigkeit|
        position bezeichnung|positionsbezeichnung|titel|rolle|planstelle|fonction|poste|puesto|cargo""",
    "department": """department|department name|dept|dept name|division|division name|business unit|organization|organisation|
        org unit|organizational unit|organisational unit|supervisory organization|team|team name|cost center|cost centre|
        cost center name|function|unit|area|abteilung|abteilungsname|bereich|fachbereich|organisationseinheit|orgeinheit|
        org einheit|kostenstelle|kostenstellenbezeichnung|geschaftsbereich|service|departement|departamento""",
    "location": """location|location name|work location|office|office location|site|site name|work site|workplace|primary location|
        physical delivery office name|building|branch|standort|buro|arbeitsort|dienstort|einsatzort|niederlassung|werk|
        betriebsstatte|arbeitsstatte|lieu|sitio""",
    "city": "city|town|work city|location city|office city|city town|stadt|ort|wohnort arbeit|ville|ciudad",
    "country": """country|country name|country code|country region|work country|location country|nation|co|land|
        landerkennzeichen|landercode|pays|pais""",
    "time_zone": "time zone|timezone|tz|zeitzone|location time zone|work time zone|fuseau horaire|zona horaria",
    "grade": """grade|grade name|job grade|pay grade|salary grade|level|job level|career level|management level|band|career band|
        pay band|seniority|grade level|compensation grade|tarifgruppe|entgeltgruppe|gehaltsstufe|stufe|karrierestufe|
        hierarchiestufe|hierarchieebene|besoldungsgruppe|karrierelevel|rang|niveau|nivel""",
    "manager_id": """manager id|manager employee id|manager employee number|manager number|manager no|managers employee id|mgr id|
        mgrid|mgr|supervisor id|supervisor number|supervisor employee id|reports to id|reports to employee id|line manager id|
        direct manager id|managers id|manager user id|manager userid|manager person id|manager worker id|manager emp id|
        vorgesetzter id|vorgesetzten id|vorgesetzte id|vorgesetzten nr|vorgesetzter personalnummer|
        personalnummer vorgesetzter|personalnummer des vorgesetzten|personalnummer vorgesetzte|id vorgesetzter|
        personalnummer fuhrungskraft|fuhrungskraft id|fuhrungskraft nr|fuhrungskraft personalnummer|manager personalnummer""",
    "manager_email": """manager email|manager e mail|managers email|managers e mail|manager email address|supervisor email|
        supervisor e mail|reports to email|line manager email|direct manager email|manager work email|manager upn|
        vorgesetzter e mail|vorgesetzter email|e mail vorgesetzter|e mail des vorgesetzten|e mail vorgesetzte|
        fuhrungskraft e mail|e mail fuhrungskraft|fuhrungskraft email""",
    "manager_name": """manager|manager name|managers name|supervisor|supervisor name|reports to|reporting to|reporting manager|
        line manager|line manager name|direct manager|people manager|direct supervisor|superior|boss|team lead|
        vorgesetzter|vorgesetzte|vorgesetzte r|direkter vorgesetzter|disziplinarischer vorgesetzter|fuhrungskraft|
        name vorgesetzter|name des vorgesetzten|berichtet an|direkte fuhrungskraft|teamleiter|responsable|jefe""",
    "hired_on": """hire date|hired on|hired|date of hire|date hired|start date|employment start date|original hire date|
        latest hire date|joining date|date of joining|join date|entry date|eintrittsdatum|eintritt|einstellungsdatum|
        einstellung|startdatum|beschaftigt seit|datum eintritt""",
    "status": """status|employment status|employee status|worker status|active|active status|is active|state|account enabled|
        beschaftigungsstatus|mitarbeiterstatus|aktiv|anstellungsstatus""",
}


def key(heading: str) -> str:
    """A heading as it is compared: "EMPLOYEE_ID", "employeeId" and "Employee-ID" are all "employee id"."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading)
    return " ".join(re.findall(r"[a-z0-9]+", plain(split.replace("'", "").replace("’", ""))))


KNOWN: dict[str, tuple[str, int]] = {
    key(heading): (field, place)
    for field, headings in HEADINGS.items()
    for place, heading in enumerate(" ".join(headings.split()).split("|"))
}


def guess(headings: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """{field: heading} as far as headings and a few rows tell. Each heading is used once."""
    best: dict[str, tuple[int, str]] = {}
    for heading in headings:
        field, place = KNOWN.get(key(heading), ("", 0))
        if field and (field not in best or place < best[field][0]):
            best[field] = (place, heading)
    mapping = {field: best[field][1] for field in FIELDS if field in best}
    columns = {heading: [row[at].strip() for row in sample if at < len(row)] for at, heading in enumerate(headings)}
    guess_email(mapping, columns)
    settle_manager(mapping, columns)
    if "name" in mapping and "first_name" in mapping and "last_name" not in mapping and key(mapping["name"]) == "name":
        mapping["last_name"] = mapping.pop("name")  # "Name, Vorname": the name alone is the family name
    if "first_name" in mapping and "last_name" in mapping:
        mapping.pop("name", None)
    return mapping


def guess_email(mapping: dict[str, str], columns: Mapping[str, Sequence[str]]) -> None:
    """Find the addresses by their contents where no heading told them, or where the heading was wrong."""
    chosen = mapping.get("email")
    if chosen is not None and (share(columns.get(chosen, ()), has_at) > 0 or not any(columns.get(chosen, ()))):
        return
    taken = set(mapping.values())
    for heading, cells in columns.items():
        if heading not in taken and share(cells, has_at) >= 0.5:
            mapping["email"] = heading
            return


def settle_manager(mapping: dict[str, str], columns: Mapping[str, Sequence[str]]) -> None:
    """A column "Manager" may hold ids, addresses or names: its cells decide. Where there are several, all are kept."""
    for field in ("manager_id", "manager_name", "manager_email"):
        heading = mapping.get(field)
        cells = [cell for cell in columns.get(heading or "", ()) if cell]
        if heading is None or not cells:
            continue
        ids = {cell for cell in columns.get(mapping.get("employee_id", ""), ()) if cell}
        right = field
        if share(cells, has_at) > 0.5:
            right = "manager_email"
        elif share(cells, lambda cell: cell in ids or cell.isdigit()) > 0.5:
            right = "manager_id"
        elif field == "manager_email" or (field == "manager_id" and share(cells, has_blank) > 0.5):
            right = "manager_name"
        if right != field and right not in mapping:
            mapping[right] = mapping.pop(field)


def has_at(cell: str) -> bool:
    """Whether a cell looks like an address."""
    return "@" in cell


def has_blank(cell: str) -> bool:
    """Whether a cell has several words."""
    return " " in cell


def share(cells: Sequence[str], test: object) -> float:
    """The part of the cells with anything in them for which `test` holds."""
    filled = [cell for cell in cells if cell]
    return sum(1 for cell in filled if callable(test) and test(cell)) / len(filled) if filled else 0.0


def checked(mapping: Mapping[str, str], headings: Sequence[str]) -> dict[str, str]:
    """The mapping without empty entries. DomainError if it cannot work, with the field's name in the message."""
    chosen = {field: heading for field, heading in mapping.items() if heading}
    unknown = [field for field in chosen if field not in FIELDS]
    if unknown:
        raise DomainError(
            _("“%(field)s” is not a field. The fields are: %(fields)s."),
            params={"field": unknown[0], "fields": ", ".join(FIELDS)},
        )
    for field, heading in chosen.items():
        if heading not in headings:
            raise DomainError(
                _("The file has no column “%(heading)s” (chosen for %(field)s)."),
                params={"heading": heading, "field": FIELDS[field]},
            )
    if "email" not in chosen:
        raise DomainError(_("Say which column holds the e-mail addresses: people sign in with them."))
    if "name" not in chosen and "last_name" not in chosen and "first_name" not in chosen:
        raise DomainError(_("Say which columns hold the names: one with full names, or first and last name."))
    twice = next((heading for heading in chosen.values() if list(chosen.values()).count(heading) > 1), None)
    if twice:
        raise DomainError(_("The column “%(heading)s” is chosen twice. Choose it once."), params={"heading": twice})
    return chosen
