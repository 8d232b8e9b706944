"""People, their place in the company, and how the directory brings them in."""

from accounts.models.calendar import CalendarFeed, OwnCalendar
from accounts.models.directory import AddressChange, DirectoryImport
from accounts.models.factors import FactorReset
from accounts.models.organisation import Absence, Company, Delegation, PairBlock
from accounts.models.people import Grade, User

__all__ = [
    "Absence",
    "AddressChange",
    "CalendarFeed",
    "Company",
    "Delegation",
    "DirectoryImport",
    "FactorReset",
    "Grade",
    "OwnCalendar",
    "PairBlock",
    "User",
]
