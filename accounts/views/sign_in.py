"""Pages around sign-in that allauth does not have."""

from __future__ import annotations

from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import mailbox
from accounts.domain import set_up
from accounts.forms.sign_in import FirstPasswordForm
from accounts.models import User
from accounts.step_up import sign_in_again
from common import tokens
from common.errors import DomainError
from common.http import form_page, posted, redirect_htmx, respond


@login_not_required
def by_invitation(request: HttpRequest) -> HttpResponse:
    """How one gets in: there is no sign-up."""
    return respond(request, "account/by_invitation.html", {})


@require_safe
def typed_go_back(request: HttpRequest) -> HttpResponse:
    """After signing in beside a page that holds what somebody typed: go back to it."""
    return respond(request, "accounts/typed_go_back.html", {})


@require_POST
def step_up_by_code(request: HttpRequest) -> HttpResponse:
    """Sign in again, by a mailed code, in place of the password that is asked for."""
    return sign_in_again(request, get_next_redirect_url(request) or "/")


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
def set_up_link(request: HttpRequest, public_id: UUID, token: str) -> HttpResponse:
    """The first password, by a one-time link. Opening it changes nothing."""
    person = set_up.person_of(public_id, token)
    if person is None:
        return set_up_over(request)
    form = FirstPasswordForm(posted(request), person=person)
    if form.is_valid():
        password = form.cleaned_data["password1"]
        try:
            person = set_up.set_first_password(person=person, token=token, password=password)
        except DomainError:
            return set_up_over(request)
        return _sign_in_by_link(request, person)
    return form_page(request, "account/set_up.html", form, {"person": person})


def _sign_in_by_link(request: HttpRequest, person: User) -> HttpResponse:
    """Sign in who has just chosen a password; a second factor is asked for as always."""
    if request.user.is_authenticated:
        logout(request)
    messages.success(request, _("Your password is set. From now on you sign in with it."))
    record_authentication(request, person, "set_up_link")
    response: HttpResponse = perform_login(request, Login(user=person, redirect_url="/"))
    return response


@login_not_required
@never_cache
def show_mailbox(request: HttpRequest, token: str) -> HttpResponse:
    """Give the browser of who reads the mail its own limits. Opening the link changes nothing."""
    try:
        mailbox.check(token)
    except tokens.TokenError as error:
        return respond(request, "account/mailbox.html", {"problem": error}, status=410)
    form = Form(posted(request))
    if form.is_valid():
        mailbox.remember(request, token)
        messages.success(request, _("You need not wait any more. Please sign in."))
        return redirect_htmx(request, "account_login")
    return form_page(request, "account/mailbox.html", form)


def set_up_over(request: HttpRequest) -> HttpResponse:
    """The page about a link that is no longer valid; status 410."""
    return respond(request, "account/set_up_over.html", {}, status=410)
