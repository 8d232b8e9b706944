"""Addresses of notifications."""

from django.urls import path

from notifications.views import inbox, preferences, unsubscribe

app_name = "notifications"
urlpatterns = [
    path("me/messages/", inbox.inbox, name="inbox"),
    path("me/messages/read/", inbox.mark_read, name="mark_read"),
    path("me/messages/unread/", inbox.unread, name="unread"),
    path("me/messages/settings/", preferences.preferences, name="preferences"),
    path("stop/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("me/messages/<uuid:public_id>/", inbox.open_message, name="open_message"),
]
