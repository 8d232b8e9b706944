"""The application's addresses and the two trivial views that its pages are measured against."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from mentoring.urls import urlpatterns as pages

FRAME = engines["django"].from_string(
    '{% extends "base.html" %}{% block content %}<p>One line.</p>{% endblock %}'
)


def bare(request: HttpRequest) -> HttpResponse:
    """Two letters, for whoever is signed in."""
    return HttpResponse("ok")


def frame(request: HttpRequest) -> HttpResponse:
    """One line of text in the application's frame."""
    return HttpResponse(FRAME.render({}, request))


urlpatterns = [*pages, path("benchmark/bare/", bare), path("benchmark/frame/", frame)]
