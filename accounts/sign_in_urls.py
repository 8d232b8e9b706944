"""allauth's addresses, without open sign-up and without changing one's e-mail address (the directory does that)."""

from allauth.account import urls

LEFT_OUT = {"account_signup", "account_email", "account_signup_by_passkey"}
urlpatterns = [pattern for pattern in urls.urlpatterns if getattr(pattern, "name", None) not in LEFT_OUT]
