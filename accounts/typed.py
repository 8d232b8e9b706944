"""What somebody typed is not lost where a form cannot be taken: it stays in the page.

Every form of a page says in a signed hidden field for whom it was shown (`{% csrf_token %}` adds
it, see accounts.templatetags.form_owner). A POST that comes after the sign-in has ended, with the
token of an earlier sign-in, without cookies, or from the page of somebody else, is answered with a
page that holds everything that was sent and sends it again. Nothing is kept on the server.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from common import tokens
from common.changes import SEEN

FIELD = "typed_by"
MARK_LIFE = timedelta(days=30)  # how long a page may have been open
NOT_SENT_AGAIN = {FIELD, "csrfmiddlewaretoken"}
SIGNED_OUT, SOMEBODY_ELSE, OLD_TOKEN, NO_COOKIES = "signed_out", "somebody_else", "token", "cookies"
PROVE, FACTOR = "prove", "factor"
TEXT_FROM = 12  # characters


def mark(request: HttpRequest) -> str:
    """The value of FIELD: the person for whom this page is made, or nobody."""
    made = getattr(request, "typed_mark", None)
    if made is None:
        made = tokens.make(FIELD, _present_person(request))
        request.typed_mark = made  # type: ignore[attr-defined]
    return str(made)


def _present_person(request: HttpRequest) -> str:
    return str(getattr(request.user, "public_id", ""))


def owner(request: HttpRequest) -> str | None:
    """For whom the form was shown that is sent: a public id, or "" for nobody.

    None without a valid mark.
    """
    try:
        return str(tokens.read(FIELD, request.POST.get(FIELD, ""), MARK_LIFE))
    except tokens.TokenError:
        return None


def is_of_somebody_else(request: HttpRequest) -> bool:
    """Whether a form that was shown to one person is sent by another."""
    if request.method != "POST" or not request.user.is_authenticated or _is_secret(request):
        return False
    return owner(request) not in {None, "", _present_person(request)}


def _is_secret(request: HttpRequest) -> bool:
    """Whether it is a page of sign-in: passwords and codes are in no page."""
    match = request.resolver_match
    return bool(match and match.url_name and match.url_name.startswith(("account_", "mfa_")))


def _is_public(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and not getattr(match.func, "login_required", True)


def kept_page(request: HttpRequest, why: str) -> HttpResponse | None:
    """The page that holds what was sent; for htmx a sentence, as the page itself holds it.

    None where there is nothing to keep: no form was sent, it has no valid mark, or it has secrets.
    """
    if getattr(request, "htmx", None):
        return _sentence(request, why)
    whose = owner(request) if request.method == "POST" else None
    if whose is None or _is_secret(request):
        return None
    if whose == "" and not _is_public(request):  # no page of ours shows such a form to nobody
        return None
    request.typed_mark = request.POST[FIELD]  # type: ignore[attr-defined]  # it stays theirs
    fields = _sent(request)
    context = {
        "why": why,
        "fields": fields,
        "words": [value for name, value in fields if name != SEEN and _is_text(value)],
        "files": request.FILES.items(),
        **_way_on(request, why),
    }
    return render(request, "accounts/typed_kept.html", context, status=_status(why))


def _sentence(request: HttpRequest, why: str) -> HttpResponse:
    """What a script puts above the page (`trouble` in upstream.js)."""
    context = {"why": why, **_way_on(request, why)}
    return render(request, "accounts/typed_kept.html#why", context, status=401)


def _status(why: str) -> int:
    return 401 if why == SIGNED_OUT else 403


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and values, as they came."""
    sent = []
    for name, values in request.POST.lists():
        if name not in NOT_SENT_AGAIN:
            sent += [(name, value) for value in values]
    return sent


def _is_text(value: str) -> bool:
    """Whether it is words that one may want to read, rather than a choice or a number."""
    return len(value) >= TEXT_FROM and " " in value


def _way_on(request: HttpRequest, why: str) -> dict[str, str]:
    """The page that one opens beside this one, and that leads to `typed_go_back`."""
    go_back = reverse("accounts:typed_go_back")
    sign_in = _with_next(reverse(settings.LOGIN_URL), go_back)
    if why == PROVE:
        return {"beside": _with_next(reverse("account_reauthenticate"), go_back)}
    if why == FACTOR:
        return {"beside": reverse("mfa_index")}
    if why == SOMEBODY_ELSE:
        return {"beside": _with_next(reverse("account_logout"), sign_in)}
    return {"beside": sign_in}


def _with_next(page: str, then: str) -> str:
    return f"{page}?{urlencode({'next': then})}"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the page that holds what was sent, if it came from a page of ours."""
    page = kept_page(request, _why_failed(request)) if _may_be_sent_again(request) else None
    return page or render(request, "403_csrf.html", status=403)


def _may_be_sent_again(request: HttpRequest) -> bool:
    """Whether the form is one of this person's, and not one that another site made up.

    Another site knows no mark of theirs; its own mark, or one of nobody, is not accepted here.
    """
    if not request.user.is_authenticated:
        return True
    return owner(request) != ""


def _why_failed(request: HttpRequest) -> str:
    if not request.COOKIES:
        return NO_COOKIES
    if is_of_somebody_else(request):
        return SOMEBODY_ELSE
    if owner(request) and not request.user.is_authenticated:
        return SIGNED_OUT
    return OLD_TOKEN
