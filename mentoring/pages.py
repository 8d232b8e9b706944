"""Addresses of the pages that join several apps (namespace `mentoring`)."""

from django.urls import path

from mentoring.views import home

app_name = "mentoring"
urlpatterns = [
    path("", home.home, name="home"),
]
