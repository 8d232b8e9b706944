"""Addresses of accounts."""

from django.urls import path

from accounts.views import address_changes, factor_resets, finding, grades, people, profile, sign_in

app_name = "accounts"
urlpatterns = [
    path("signed-in-again/", sign_in.typed_go_back, name="typed_go_back"),
    path("me/profile/", profile.profile, name="profile"),
    path("me/delegates/", profile.delegates, name="delegates"),
    path("me/delegates/<uuid:public_id>/remove/", profile.delegate_remove, name="delegate_remove"),
    path("people/", people.people_list, name="people_list"),
    path("people/find/", finding.person_find, name="person_find"),
    path("people/export/", people.people_export, name="people_export"),
    path("people/new/", people.person_new, name="person_new"),
    path("people/hr-admins/", people.hr_admin_list, name="hr_admin_list"),
    path("people/grades/", grades.grades, name="grades"),
    path("people/addresses/", address_changes.address_change_list, name="address_change_list"),
    path(
        "people/addresses/<uuid:public_id>/",
        address_changes.address_change_detail,
        name="address_change_detail",
    ),
    path(
        "people/addresses/<str:old>/<str:new>/",
        address_changes.address_domain,
        name="address_domain",
    ),
    path("addresses/<str:token>/", address_changes.address_answer, name="address_answer"),
    path("people/<uuid:public_id>/", people.person_detail, name="person_detail"),
    path("people/<uuid:public_id>/edit/", people.person_edit, name="person_edit"),
    path("people/<uuid:public_id>/hr-admin/", people.person_hr_admin, name="person_hr_admin"),
    path(
        "people/<uuid:public_id>/second-factor/",
        factor_resets.person_factor,
        name="person_factor",
    ),
    path("people/<uuid:public_id>/blocks/", people.person_blocks, name="person_blocks"),
    path(
        "people/<uuid:public_id>/blocks/<uuid:block_id>/remove/",
        people.person_block_remove,
        name="person_block_remove",
    ),
]
