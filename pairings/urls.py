"""Addresses of pairings: offers and agreements."""

from django.urls import path

from pairings.views import agreements, offers

app_name = "pairings"
urlpatterns = [
    path("pairs/<uuid:public_id>/offer/", offers.offer_detail, name="offer_detail"),
    path("pairs/<uuid:public_id>/agreement/", agreements.agreement, name="agreement"),
    path(
        "pairs/<uuid:public_id>/agreement/edit/", agreements.agreement_edit, name="agreement_edit"
    ),
    path(
        "pairs/<uuid:public_id>/agreement/sign/", agreements.agreement_sign, name="agreement_sign"
    ),
]
