"""Sign-in, one's own pages, and the set-up of the company."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts import mailbox
from accounts.domain.set_up import tokens
from accounts.models import User
from common import tokens as tokens_of_links
from tests.url_matrix.core import SIGNED_IN, row


def set_up_address(world: Any) -> str:
    person = User.objects.get(
        pk=world.people["stranger"].pk
    )  # signing in has changed the row, and with it the token
    return reverse("account_set_up", args=[person.public_id, tokens.make_token(person)])


def mailbox_address(world: Any) -> str:
    return reverse("account_mailbox", args=[tokens_of_links.make(mailbox.PURPOSE, "somebody")])


def delegation_of_mentee(world: Any) -> str:
    return reverse(
        "accounts:delegate_remove", args=[world.people["mentee"].delegations_given.get().public_id]
    )


def with_password(world: Any) -> None:
    """Without one, allauth leads from changing to choosing."""
    for person in world.people.values():
        person.set_password("a long and quiet river")
        person.save(update_fields=["password"])


def public(name: str) -> Any:
    return row(name, lambda w: reverse(name), SIGNED_IN, public=True)


ROWS = [
    public("account_login"),
    public("account_logout"),
    public("account_inactive"),
    public("account_signup"),
    public("account_request_login_code"),
    public("account_confirm_login_code"),
    public("account_reset_password"),
    public("account_reset_password_done"),
    public("account_reset_password_from_key_done"),
    row(
        "account_reset_password_from_key",
        lambda w: reverse(
            "account_reset_password_from_key", kwargs={"uidb36": "1", "key": "used-up"}
        ),
        SIGNED_IN,
        public=True,
    ),
    row("account_mailbox", mailbox_address, SIGNED_IN, public=True),
    row("accounts:typed_go_back", lambda w: reverse("accounts:typed_go_back"), SIGNED_IN),
    row("account_set_up", set_up_address, SIGNED_IN, public=True),
    row(
        "account_reauthenticate",
        lambda w: reverse("account_reauthenticate"),
        SIGNED_IN,
        setup=with_password,
    ),
    row(
        "account_step_up_by_code",
        lambda w: reverse("account_step_up_by_code"),
        SIGNED_IN,
        method="post",
        public=True,  # it signs out and leads to sign-in
    ),
    row(
        "account_change_password",
        lambda w: reverse("account_change_password"),
        SIGNED_IN,
        setup=with_password,
    ),
    row("account_set_password", lambda w: reverse("account_set_password"), SIGNED_IN),
    row("accounts:profile", lambda w: reverse("accounts:profile"), SIGNED_IN),
    row("accounts:delegates", lambda w: reverse("accounts:delegates"), SIGNED_IN),
    row("accounts:delegate_remove", delegation_of_mentee, {"mentee"}, method="post"),
    row("mentoring:setup", lambda w: reverse("mentoring:setup"), {"hr_admin"}, others=403),
    row(
        "mentoring:setup_next", lambda w: reverse("mentoring:setup_next"), {"hr_admin"}, others=403
    ),
]
