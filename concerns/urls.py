"""Addresses of concerns."""

from django.urls import path

from concerns.views import talk

app_name = "concerns"
urlpatterns = [path("talk/", talk.talk, name="talk")]
