"""Headings that HR systems give their columns, best first: data for `directory_mapping.guess`."""

from __future__ import annotations

# English and German, and what Workday, BambooHR, SAP SuccessFactors, Personio, HiBob, ADP, Rippling
# and Entra ID write.
HEADINGS: dict[str, str] = {
    "employee_id": """
        employee id|employee number|employee no|employee nr|employee code|employee key|emp id|empid|emp no|empno|
        emp number|emp code|staff id|staff number|staff no|person number|person id|person id external|
        personnel number|personnel no|personnel id|worker id|associate id|file number|payroll id|payroll number|
        hris id|user id|userid|id|no|nr|personalnummer|personal nr|pers nr|persnr|pernr|mitarbeiternummer|
        mitarbeiter nr|mitarbeiter id|mitarbeiterid|ma nr|ma id|angestelltennummer|kennung|matricule|legajo|
        stammnummer""",
    "email": """
        email|e mail|mail|email address|e mail address|mail address|work email|work e mail|work email address|
        business email|business e mail|business email address|company email|company e mail|corporate email|
        primary email|primary work email|email work|office email|user principal name|userprincipalname|upn|login|
        username|user name|e mail adresse|email adresse|mailadresse|mail adresse|geschaftliche e mail|
        geschaftliche email|dienstliche e mail|dienstliche email|firmen e mail|e mail geschaftlich|
        e mail dienstlich|e mail arbeit|arbeits e mail|courriel|correo""",
    "name": """
        name|full name|fullname|employee|employee name|worker|worker name|display name|displayname|complete name|
        formatted name|legal name|legal full name|person|person name|staff name|associate name|name vorname|
        vor und nachname|vorname nachname|nachname vorname|mitarbeiter|mitarbeitername|voller name|
        vollstandiger name|anzeigename|mitarbeitende""",
    "first_name": """
        first name|firstname|first|given name|givenname|given names|forename|fname|legal first name|
        employee first name|first name legal|vorname|vornamen|rufname vorname|prenom|nombre""",
    "last_name": """
        last name|lastname|last|surname|family name|familyname|lname|legal last name|employee last name|sn|
        last name legal|nachname|familienname|zuname|nom|nom de famille|apellido|apellidos""",
    "preferred_name": """
        preferred name|preferred first name|known as|nickname|nick name|goes by|call name|rufname|bevorzugter name|
        bevorzugter vorname|spitzname""",
    "job_title": """
        job title|jobtitle|title|job|position|position title|business title|role|job role|job name|job profile|
        designation|job information job title|stelle|stellenbezeichnung|berufsbezeichnung|jobtitel|funktion|
        tatigkeit|position bezeichnung|positionsbezeichnung|titel|rolle|planstelle|fonction|poste|puesto|cargo""",
    "department": """
        department|department name|dept|dept name|division|division name|business unit|organization|organisation|
        org unit|organizational unit|organisational unit|supervisory organization|team|team name|cost center|
        cost centre|cost center name|function|unit|area|abteilung|abteilungsname|bereich|fachbereich|
        organisationseinheit|orgeinheit|org einheit|kostenstelle|kostenstellenbezeichnung|geschaftsbereich|service|
        departement|departamento""",
    "location": """
        location|location name|work location|office|office location|site|site name|work site|workplace|
        primary location|physical delivery office name|building|branch|standort|buro|arbeitsort|dienstort|
        einsatzort|niederlassung|werk|betriebsstatte|arbeitsstatte|lieu|sitio""",
    "city": "city|town|work city|location city|office city|city town|stadt|ort|wohnort "
    "arbeit|ville|ciudad",
    "country": """
        country|country name|country code|country region|work country|location country|nation|co|land|
        landerkennzeichen|landercode|pays|pais""",
    "time_zone": "time zone|timezone|tz|zeitzone|location time zone|work time zone|fuseau horaire|zona "
    "horaria",
    "grade": """
        grade|grade name|job grade|pay grade|salary grade|level|job level|career level|management level|band|
        career band|pay band|seniority|grade level|compensation grade|tarifgruppe|entgeltgruppe|gehaltsstufe|stufe|
        karrierestufe|hierarchiestufe|hierarchieebene|besoldungsgruppe|karrierelevel|rang|niveau|nivel""",
    "manager_id": """
        manager id|manager employee id|manager employee number|manager number|manager no|managers employee id|
        mgr id|mgrid|mgr|supervisor id|supervisor number|supervisor employee id|reports to id|
        reports to employee id|line manager id|direct manager id|managers id|manager user id|manager userid|
        manager person id|manager worker id|manager emp id|vorgesetzter id|vorgesetzten id|vorgesetzte id|
        vorgesetzten nr|vorgesetzter personalnummer|personalnummer vorgesetzter|personalnummer des vorgesetzten|
        personalnummer vorgesetzte|id vorgesetzter|personalnummer fuhrungskraft|fuhrungskraft id|fuhrungskraft nr|
        fuhrungskraft personalnummer|manager personalnummer""",
    "manager_email": """
        manager email|manager e mail|managers email|managers e mail|manager email address|supervisor email|
        supervisor e mail|reports to email|line manager email|direct manager email|manager work email|manager upn|
        vorgesetzter e mail|vorgesetzter email|e mail vorgesetzter|e mail des vorgesetzten|e mail vorgesetzte|
        fuhrungskraft e mail|e mail fuhrungskraft|fuhrungskraft email""",
    "manager_name": """
        manager|manager name|managers name|supervisor|supervisor name|reports to|reporting to|reporting manager|
        line manager|line manager name|direct manager|people manager|direct supervisor|superior|boss|team lead|
        vorgesetzter|vorgesetzte|vorgesetzte r|direkter vorgesetzter|disziplinarischer vorgesetzter|fuhrungskraft|
        name vorgesetzter|name des vorgesetzten|berichtet an|direkte fuhrungskraft|teamleiter|responsable|jefe""",
    "hired_on": """
        hire date|hired on|hired|date of hire|date hired|start date|employment start date|original hire date|
        latest hire date|joining date|date of joining|join date|entry date|eintrittsdatum|eintritt|
        einstellungsdatum|einstellung|startdatum|beschaftigt seit|datum eintritt""",
    "status": """
        status|employment status|employee status|worker status|active|active status|is active|state|account enabled|
        beschaftigungsstatus|mitarbeiterstatus|aktiv|anstellungsstatus""",
}
