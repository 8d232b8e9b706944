"""All addresses of the application."""

from django.urls import include, path

urlpatterns = [
    path("", include("mentoring.pages")),
    path("sign-in/", include("accounts.sign_in_urls")),
    path("second-factor/", include("accounts.second_factor_urls")),
    path("", include("accounts.urls")),
    path("", include("programs.urls")),
    path("", include("matching.urls")),
    path("", include("meetings.urls")),
    path("", include("pairings.urls")),
    path("", include("goals.urls")),
    path("", include("concerns.urls")),
    path("", include("feedback.urls")),
    path("", include("notifications.urls")),
]
