"""Addresses of notifications."""

from django.urls import path

from notifications.views import inbox

app_name = "notifications"
urlpatterns = [
    path("me/messages/", inbox.inbox, name="inbox"),
    path("me/messages/read/", inbox.mark_read, name="mark_read"),
    path("me/messages/<uuid:public_id>/", inbox.open_message, name="open_message"),
]
