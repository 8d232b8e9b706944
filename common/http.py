"""Helpers of views: permissions, pages of lists, whole pages and htmx partials, redirects."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url

M = TypeVar("M", bound=Model)


def require(user: Any, permission: str, target: object = None) -> None:
    """PermissionDenied (403) unless the person has the verb on this visible object."""
    if not user.has_perm(permission, target):
        raise PermissionDenied


def page_of(request: HttpRequest, rows: QuerySet[M], per_page: int = 25) -> Page[M]:
    """The page that ?page= asks for; a wrong number gives the nearest page."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def respond(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page, or its named partial (`template#partial`) for an htmx request.

    Every view answers with this, with or without a partial.
    """
    htmx = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted:
        template = f"{template}#{partial}"
    return render(request, template, context, status=status)


def form_page(
    request: HttpRequest, template: str, form: BaseForm, context: dict[str, Any] | None = None
) -> HttpResponse:
    """The page of a form, with the form as `form`; status 422 when the form has errors."""
    status = 422 if form.errors else 200
    return respond(request, template, {"form": form, **(context or {})}, status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a POST, for `Form(posted(request))`; None for a GET.

    Unlike `request.POST or None`, it binds a form that was sent without any data.
    """
    return request.POST if request.method == "POST" else None


class SeeOther(HttpResponseRedirect):
    """A redirect with status 303: every browser follows it with a GET."""

    status_code = 303


def redirect_htmx(request: HttpRequest, to: str, *args: Any) -> HttpResponse:
    """Redirect the browser after a POST, whether htmx or a plain form sent it.

    `to` and `args` are a URL, or the name of a URL with its arguments, as for Django's `redirect`.
    """
    url = resolve_url(to, *args)
    if getattr(request, "htmx", None):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


def absolute(path: str) -> str:
    """The full URL of a path, for mails: from `settings.BASE_URL`, never from the Host header."""
    return f"{settings.BASE_URL}{path}"


def requested_partial(request: HttpRequest, name: str) -> str:
    """Return `name` if htmx will put the answer into the element with this id, otherwise "".

    For `respond(..., partial=requested_partial(request, "rows"))`.
    """
    htmx = getattr(request, "htmx", None)
    return name if htmx and htmx.target == name else ""
