"""Small exports as HR systems write them, with what a person reads from each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Export:
    """The file, and {address before the @: (name, department, manager's name)}."""

    text: str
    people: dict[str, tuple[str, str, str]]


CHAIN_OF_TWO = {
    "ines": ("Ines Roth", "Board", ""),
    "karl": ("Karl Mai", "Finance", "Ines Roth"),
    "eva": ("Eva Lang", "Finance", "Karl Mai"),
}
WITHOUT_EVA = {person: row for person, row in CHAIN_OF_TWO.items() if person != "eva"}

SYSTEMS = {
    "Personio": Export(
        """\
Personalnummer;Vorname;Nachname;E-Mail;Status;Position;Abteilung;Team;Büro;Vorgesetzter;\
Einstellungsdatum;Letzter Arbeitstag
1;Ines;Roth;ines@x.example;Aktiv;Geschäftsführung;Board;;Berlin;;01.02.2019;
2;Karl;Mai;karl@x.example;Aktiv;Controlling;Finance;;Berlin;Ines Roth;30.11.2020;
3;Eva;Lang;eva@x.example;Aktiv;Buchhaltung;Finance;;Wien;Karl Mai;01.02.2021;31.12.2099
4;Tim;Alt;tim@x.example;Inaktiv;Buchhaltung;Finance;;Wien;Karl Mai;01.02.2011;31.10.2020
""",
        CHAIN_OF_TWO,
    ),
    "UKG": Export(
        """\
Company,Employee Number,"Employee Name (Last Suffix, First MI)",Employment Status,\
Org Level 1 Code,Org Level 1 Description,Job Title,Location,Email Address,\
"Supervisor Name (Last Suffix, First MI)",Last Hire Date,Termination Date
ACME,000101,"Roth, Ines",Active,10,Board,CEO,Boston,ines@x.example,,02/01/2019,
ACME,000102,"Mai Jr., Karl M",Active,20,Finance,Controller,Boston,karl@x.example,\
"Roth, Ines",11/30/2020,
ACME,000103,"Lang, Eva",Active,20,Finance,Clerk,Boston,eva@x.example,"Mai Jr., Karl M",02/01/2021,
ACME,000104,"Old, Tim",Terminated,20,Finance,Clerk,Boston,tim@x.example,"Mai Jr., Karl M",\
02/01/2011,10/31/2020
""",
        {
            "ines": ("Ines Roth", "Board", ""),
            "karl": ("Karl M Mai Jr.", "Finance", "Ines Roth"),
            "eva": ("Eva Lang", "Finance", "Karl M Mai Jr."),
        },
    ),
    "Oracle HCM": Export(
        """\
Person Number,Display Name,Assignment Number,Assignment Status,Work Email,Business Unit,\
Department,Job,Grade,Location,Legal Employer Hire Date,Manager Assignment Number,Manager Name,\
Actual Termination Date
300100,Ines Roth,E300100,Active,ines@x.example,ACME BU,Board,CEO,,London,2019-02-01,,,
300101,Karl Mai,E300101-2,Active,karl@x.example,ACME BU,Finance,Controller,,London,2020-11-30,\
E300100,"Roth, Ines",
300102,Eva Lang,E300102,Active,eva@x.example,ACME BU,Finance,Clerk,,London,2021-02-01,\
E300101-2,"Mai, Karl",4712-12-31
""",
        CHAIN_OF_TWO,
    ),
    "PeopleSoft": Export(
        """\
EMPLOYEES,3,,,,,,,,,,
EMPLID,EMPL_RCD,NAME,EMPL_STATUS,DEPTID,DEPTID_DESCR,JOBCODE,JOBTITLE,POSITION_NBR,REPORTS_TO,\
HIRE_DT,EMAIL_ADDR
KU0001,0,"Roth,Ines",A,10000,Board,500,CEO,00000101,,2019-02-01,ines@x.example
KU0002,0,"Mai,Karl",A,20000,Finance,510,Controller,00000102,00000101,2020-11-30,karl@x.example
KU0003,0,"Lang,Eva",A,20000,Finance,520,Clerk,00000103,00000102,2021-02-01,eva@x.example
KU0004,0,"Old,Tim",T,20000,Finance,520,Clerk,00000104,00000102,2011-02-01,tim@x.example
""",
        CHAIN_OF_TWO,
    ),
    "Active Directory": Export(
        """\
#TYPE Selected.Microsoft.ActiveDirectory.Management.ADUser
"DistinguishedName","Enabled","GivenName","Surname","mail","SamAccountName","Title","Department",\
"Office","Manager","UserPrincipalName"
"CN=Roth\\, Ines,OU=Users,DC=x,DC=example","True","Ines","Roth","ines@x.example","iroth","CEO",\
"Board","Berlin",,"ines@corp.x.example"
"CN=Mai\\, Karl,OU=Users,DC=x,DC=example","True","Karl","Mai","karl@x.example","kmai",\
"Controller","Finance","Berlin","CN=Roth\\, Ines,OU=Users,DC=x,DC=example","karl@corp.x.example"
"CN=Lang\\, Eva,OU=Users,DC=x,DC=example","True","Eva","Lang","eva@x.example","elang","Clerk",\
"Finance","Berlin","CN=Mai\\, Karl,OU=Users,DC=x,DC=example","eva@corp.x.example"
"CN=Old\\, Tim,OU=Left,DC=x,DC=example","False","Tim","Old","tim@x.example","told","Clerk",\
"Finance","Berlin","CN=Mai\\, Karl,OU=Users,DC=x,DC=example","tim@corp.x.example"
""",
        CHAIN_OF_TWO,
    ),
    "Active Directory without names of its own": Export(
        """\
DisplayName,mail,Department,Manager
Ines Roth,ines@x.example,Board,
Karl Mai,karl@x.example,Finance,"CN=Ines Roth,OU=Users,DC=x,DC=example"
Eva Lang,eva@x.example,Finance,"CN=Karl Mai,OU=Users,DC=x,DC=example"
""",
        CHAIN_OF_TWO,
    ),
    "Odoo": Export(
        """\
"Employee Name","Work Email","Job Position","Department","Manager","Work Location","Active"
"Ines Roth","ines@x.example","CEO","Board","","Berlin","True"
"Karl Mai","karl@x.example","Controller","Finance","Ines Roth","Berlin","True"
"Eva Lang","eva@x.example","Clerk","Finance","Karl Mai","Berlin","True"
"Tim Old","tim@x.example","Clerk","Finance","Karl Mai","Berlin","False"
""",
        CHAIN_OF_TWO,
    ),
    "Workday, from the top down, with the person at the end": Export(
        """\
Employee ID,Legal Name,Email,Cost Center Name,Management Chain - Level 01,\
Management Chain - Level 02,Management Chain - Level 03
1,Ines Roth,ines@x.example,Board,Ines Roth (1),,
2,Karl Mai,karl@x.example,Finance,Ines Roth (1),Karl Mai (2),
3,Eva Lang,eva@x.example,Finance,Ines Roth (1),Karl Mai (2),
""",
        CHAIN_OF_TWO,
    ),
    "SuccessFactors, managers by user name": Export(
        """\
USERID,EMPID,FIRSTNAME,LASTNAME,EMAIL,DEPARTMENT,MANAGER,STATUS
iroth,1,Ines,Roth,ines@x.example,Board,NO_MANAGER,active
kmai,2,Karl,Mai,karl@x.example,Finance,iroth,active
elang,3,Eva,Lang,eva@x.example,Finance,kmai,active
told,4,Tim,Old,tim@x.example,Finance,kmai,inactive
""",
        CHAIN_OF_TWO,
    ),
    "A report with pages and a sum": Export(
        """\
Headcount report,,,
Employee ID,Name,Work Email,Manager ID,Department
1,Ines Roth,ines@x.example,,Board
2,Karl Mai,karl@x.example,1,Finance
Employee ID,Name,Work Email,Manager ID,Department
3,Eva Lang,eva@x.example,2,Finance
Total,3,,,
Generated by hr.reports on 2026-11-30,,,,
""",
        CHAIN_OF_TWO,
    ),
    "Ids of managers in another numbering": Export(
        """\
Employee #,Name,Work Email,Department,Supervisor EID,Reporting to
1,Ines Roth,ines@x.example,Board,,
2,Karl Mai,karl@x.example,Finance,900,Ines Roth
3,Eva Lang,eva@x.example,Finance,901,Karl Mai
""",
        CHAIN_OF_TWO,
    ),
    "Ids of managers in another numbering that looks like the first": Export(
        """\
Employee #,Name,Work Email,Department,Supervisor EID,Reporting to
1,Ines Roth,ines@x.example,Board,,
2,Karl Mai,karl@x.example,Finance,3,Ines Roth
3,Eva Lang,eva@x.example,Finance,1,Karl Mai
""",
        CHAIN_OF_TWO,
    ),
    "An empty team, a department, codes and another kind of manager": Export(
        """\
Nr,Vorname,Nachname,E-Mail,Team,Kostenstelle,Abteilung,Fachlicher Vorgesetzter,\
Disziplinarischer Vorgesetzter
1,Ines,Roth,ines@x.example,,100100,Board,,
2,Karl,Mai,karl@x.example,,100200,Finance,Eva Lang,Ines Roth
3,Eva,Lang,eva@x.example,,100200,Finance,Ines Roth,Karl Mai
""",
        CHAIN_OF_TWO,
    ),
    "A column of leavers with yes and no": Export(
        """\
Employee ID,Name,Private Email,Email,Department,Terminated,Manager ID
1,Ines Roth,i@home.example,ines@x.example,Board,No,
2,Karl Mai,k@home.example,karl@x.example,Finance,No,1
3,Eva Lang,e@home.example,eva@x.example,Finance,Yes,2
""",
        WITHOUT_EVA,
    ),
    "Headings in two languages": Export(
        """\
Personalnummer;Name;E-Mail;Abteilung;Vorgesetzter
Employee number;Name;Email;Department;Manager
1;Ines Roth;ines@x.example;Board;
2;Karl Mai;karl@x.example;Finance;1
3;Eva Lang;eva@x.example;Finance;2
""",
        CHAIN_OF_TWO,
    ),
    "Managers by what people call them": Export(
        """\
Employee ID,Legal First Name,Legal Last Name,Preferred First Name,Email,Department,Manager Name
1,Ines,Roth,Ina,ines@x.example,Board,
2,Karl,Mai,Charlie,karl@x.example,Finance,Ina Roth
3,Eva,Lang,,eva@x.example,Finance,Dr. Charlie Mai
""",
        CHAIN_OF_TWO,
    ),
}
