"""Addresses of programs."""

from django.urls import path

from programs.views import (
    invite,
    joining,
    mail_preview,
    own,
    people,
    prep,
    programs,
    safe_contact,
    self_assessment,
    texts,
    wizard,
)

app_name = "programs"
urlpatterns = [
    path("programs/", programs.program_list, name="program_list"),
    path("programs/open/", joining.open_call, name="open_call"),
    path("programs/<uuid:public_id>/join/", joining.join, name="join"),
    path(
        "programs/<uuid:public_id>/set-up/<slug:step>/",
        wizard.program_wizard,
        name="program_wizard",
    ),
    path(
        "programs/<uuid:public_id>/messages/<slug:key>/",
        mail_preview.mail_preview,
        name="mail_preview",
    ),
    path(
        "programs/<uuid:public_id>/state/<slug:verb>/", programs.program_state, name="program_state"
    ),
    path("programs/<uuid:public_id>/texts/", texts.text_list, name="text_list"),
    path(
        "programs/<uuid:public_id>/texts/<slug:kind>/<uuid:text_id>/",
        texts.text_edit,
        name="text_edit",
    ),
    path("safe-contact/<uuid:public_id>/", safe_contact.safe_contact, name="safe_contact"),
    path("programs/<uuid:public_id>/staff/", programs.program_staff, name="program_staff"),
    path(
        "programs/<uuid:public_id>/staff/<uuid:staff_id>/remove/",
        programs.program_staff_remove,
        name="program_staff_remove",
    ),
    path("programs/<uuid:public_id>/invite/", invite.invite, name="invite"),
    path("programs/<uuid:public_id>/invite/name/", invite.invite_person, name="invite_person"),
    path("programs/<uuid:public_id>/invite/list/", invite.invite_list, name="invite_list"),
    path("programs/<uuid:public_id>/people/", people.enrolment_list, name="enrolment_list"),
    path(
        "programs/<uuid:public_id>/people/export/", people.enrolment_export, name="enrolment_export"
    ),
    path("enrolments/<uuid:public_id>/", own.enrolment, name="enrolment"),
    path("enrolments/<uuid:public_id>/answers/", people.enrolment_detail, name="enrolment_detail"),
    path("enrolments/<uuid:public_id>/rejoin/", own.enrolment_rejoin, name="enrolment_rejoin"),
    path("enrolments/<uuid:public_id>/prep/", prep.prep, name="prep"),
    path("enrolments/<uuid:public_id>/prep/card/", prep.prep_card, name="prep_card"),
    path(
        "enrolments/<uuid:public_id>/standing/",
        self_assessment.self_assessment,
        name="self_assessment",
    ),
    path("enrolments/<uuid:public_id>/<slug:step>/", own.enrol, name="enrol"),
]
