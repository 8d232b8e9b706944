"""Who may do what with people and the company."""

from __future__ import annotations

from typing import Any

import rules


@rules.predicate
def is_hr_admin(user: Any) -> bool:
    """An active HR admin."""
    return bool(user.is_authenticated and user.is_active and user.is_hr_admin)


rules.add_perm("accounts.set_up_company", is_hr_admin)
rules.add_perm("accounts.list_people", is_hr_admin)
rules.add_perm("accounts.manage_people", is_hr_admin)
rules.add_perm("accounts.see_all_messages", is_hr_admin)
rules.add_perm("accounts.import_people", is_hr_admin)
rules.add_perm("accounts.manage_grades", is_hr_admin)
rules.add_perm("accounts.confirm_address", is_hr_admin)
rules.add_perm("accounts.reset_factor", is_hr_admin)
