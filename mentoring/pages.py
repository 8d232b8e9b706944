"""Addresses of the pages that join several apps (namespace `mentoring`)."""

from django.conf import settings
from django.urls import path

from mentoring.views import dashboard, health, home, mailbox, pair_home, setup

app_name = "mentoring"
urlpatterns = [
    path("", home.home, name="home"),
    path("me/pairs/", pair_home.my_pairs, name="my_pairs"),
    path("pairs/<uuid:public_id>/", pair_home.pair_home, name="pair_home"),
    path("setup/", setup.setup, name="setup"),
    path("setup/next/", setup.setup_next, name="setup_next"),
    path("healthz", health.healthz, name="healthz"),
    path("programs/<uuid:public_id>/dashboard/", dashboard.dashboard, name="dashboard"),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/mail/", mailbox.mailbox, name="mailbox"),
        path("demo/mail/<str:key>/", mailbox.mailbox_mail, name="mailbox_mail"),
    ]
