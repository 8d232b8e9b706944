"""People, their place in the company, and how the directory brings them in."""

from accounts.models.directory import AddressChange, DirectoryImport
from accounts.models.organisation import Absence, Company, Delegation, PairBlock
from accounts.models.people import Grade, User

__all__ = ["Absence", "AddressChange", "Company", "Delegation", "DirectoryImport", "Grade", "PairBlock", "User"]
