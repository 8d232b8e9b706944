"""Who may do what about talking to someone. Threads are read by `Concern.objects.visible_to`."""

import rules

from accounts.permissions import is_hr_admin

rules.add_perm("concerns.set_up_talk", is_hr_admin)
