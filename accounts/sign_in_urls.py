"""allauth's addresses, without sign-up and without changing one's address.

The directory changes addresses.
"""

from allauth.account import urls
from django.urls import path

from accounts.step_up import step_up_required
from accounts.views import sign_in

LEFT_OUT = {
    "account_signup",
    "account_signup_by_passkey",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
}
# A password set in somebody's open browser would be a second key: they prove first who they are.
for pattern in urls.urlpatterns:
    if getattr(pattern, "name", None) == "account_set_password":
        pattern.callback = step_up_required(pattern.callback)

urlpatterns = [
    *(pattern for pattern in urls.urlpatterns if getattr(pattern, "name", None) not in LEFT_OUT),
    # allauth's pages and mails lead to this name
    path("by-invitation/", sign_in.by_invitation, name="account_signup"),
    path("again/by-code/", sign_in.step_up_by_code, name="account_step_up_by_code"),
    path("mailbox/<str:token>/", sign_in.show_mailbox, name="account_mailbox"),
    path("set-up/<uuid:public_id>/<str:token>/", sign_in.set_up_link, name="account_set_up"),
]
