"""Addresses of accounts."""

from django.urls import path

from accounts.views import profile

app_name = "accounts"
urlpatterns = [
    path("me/profile/", profile.profile, name="profile"),
    path("me/delegates/", profile.delegates, name="delegates"),
    path("me/delegates/<uuid:public_id>/remove/", profile.delegate_remove, name="delegate_remove"),
]
