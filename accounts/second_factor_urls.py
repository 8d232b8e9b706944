"""allauth's pages of the second factor, as far as we use them.

A factor set up or removed in somebody's open browser would lock its owner out: they prove first who
they are.
"""

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts.step_up import step_up_required
from accounts.views import second_factor

urlpatterns = [
    path("", second_factor.mfa_index, name="mfa_index"),
    path("sign-in/", login_not_required(base.authenticate), name="mfa_authenticate"),
    path(
        "sign-in/passkey/", login_not_required(webauthn.login_webauthn), name="mfa_login_webauthn"
    ),
    path("again/", base.reauthenticate, name="mfa_reauthenticate"),
    path("again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("app/", step_up_required(totp.activate_totp), name="mfa_activate_totp"),
    path("app/remove/", step_up_required(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("passkey/", step_up_required(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "passkey/<int:pk>/remove/",
        step_up_required(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    # the list stands on the first of these pages; allauth leads here
    path("passkeys/", second_factor.mfa_list_webauthn, name="mfa_list_webauthn"),
    path(
        "codes/",
        step_up_required(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "codes/new/",
        step_up_required(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]
