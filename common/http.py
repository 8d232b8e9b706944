"""Small helpers of views: what one may not know is not found, and a page answers whole or in
part.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

M = TypeVar("M", bound=Model)


def require(user: Any, permission: str, target: object = None) -> None:
    """PermissionDenied (403) unless the person has the verb on this visible object."""
    if not user.has_perm(permission, target):
        raise PermissionDenied


def page_of(request: HttpRequest, rows: QuerySet[M], per_page: int = 25) -> Page[M]:
    """The page of a list that ?page= names; a wrong number gives the nearest page."""
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
    name = f"{template}#{partial}" if partial and htmx and not htmx.boosted else template
    return render(request, name, context, status=status)


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, for `Form(posted(request))`; None for a GET.

    An empty form that was sent is still sent.
    """
    return request.POST if request.method == "POST" else None


class SeeOther(HttpResponseRedirect):
    """303: what follows a POST is a GET, whatever the browser."""

    status_code = 303


def redirect_htmx(request: HttpRequest, url: str) -> HttpResponse:
    """Lead the browser to `url` after a POST, whether htmx sent it or a plain form."""
    if getattr(request, "htmx", None):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


def absolute(path: str) -> str:
    """The full address of a path, for mails: always of `settings.BASE_URL`, never of the Host
    header.
    """
    return f"{settings.BASE_URL}{path}"


def requested_partial(request: HttpRequest, name: str) -> str:
    """Return `name` if htmx will put the answer into the element with this id, otherwise "".

    For `respond(..., partial=requested_partial(request, "rows"))`.
    """
    htmx = getattr(request, "htmx", None)
    return name if htmx and htmx.target == name else ""
