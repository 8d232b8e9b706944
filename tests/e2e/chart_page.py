"""The application's addresses and a page with every chart in every state, for test_charts.py."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from mentoring.urls import urlpatterns as pages
from tests.common import chart_samples

PAGE = engines["django"].from_string(
    '{% extends "base.html" %}{% block title %}Charts{% endblock %}'
    "{% block heading %}Charts{% endblock %}"
    "{% block content %}{% for figure in figures %}{% chart figure %}{% endfor %}{% endblock %}"
)


def all_charts(request: HttpRequest) -> HttpResponse:
    """Every kind in every case."""
    return HttpResponse(PAGE.render({"figures": chart_samples.all_samples()}, request))


urlpatterns = [*pages, path("test/charts/", all_charts)]
