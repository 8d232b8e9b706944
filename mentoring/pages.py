"""Addresses of the pages that join several apps (namespace `mentoring`)."""

from django.conf import settings
from django.urls import path

from mentoring.home import pair_views
from mentoring.home import views as home_views
from mentoring.messages import channel_views
from mentoring.messages import views as messages_views
from mentoring.needs import personal_mail_views
from mentoring.needs import views as needs_views
from mentoring.overview import views as overview_views
from mentoring.people_import import downloads as import_downloads
from mentoring.people_import import views as import_views
from mentoring.views import (
    closing,
    health,
    mailbox,
    metrics,
    people,
    program_new,
    setup,
    stopping,
)

app_name = "mentoring"
urlpatterns = [
    path("", home_views.home, name="home"),
    path("me/pairs/", pair_views.my_pairs, name="my_pairs"),
    path("pairs/<uuid:public_id>/", pair_views.pair_home, name="pair_home"),
    path("setup/", setup.setup, name="setup"),
    path("setup/next/", setup.setup_next, name="setup_next"),
    path("people/imports/", import_views.people_import_list, name="people_import_list"),
    path("people/imports/new/", import_views.people_import, name="people_import"),
    path(
        "people/imports/<uuid:public_id>/",
        import_views.people_import_detail,
        name="people_import_detail",
    ),
    path(
        "people/imports/<uuid:public_id>/columns/",
        import_views.people_import_columns,
        name="people_import_columns",
    ),
    path(
        "people/imports/<uuid:public_id>/discard/",
        import_views.people_import_discard,
        name="people_import_discard",
    ),
    path(
        "people/imports/<uuid:public_id>/problems.csv",
        import_downloads.people_import_errors,
        name="people_import_errors",
    ),
    path(
        "people/imports/<uuid:public_id>/changes.csv",
        import_downloads.people_import_changes,
        name="people_import_changes",
    ),
    path("people/<uuid:public_id>/manager/", people.person_manager, name="person_manager"),
    path("people/<uuid:public_id>/deactivate/", people.person_deactivate, name="person_deactivate"),
    path("people/<uuid:public_id>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("people/<uuid:public_id>/programs/", people.person_programs, name="person_programs"),
    path("programs/new/", program_new.program_new, name="program_new"),
    path("programs/<uuid:public_id>/", overview_views.program_overview, name="program_overview"),
    path("programs/<uuid:public_id>/cancel/", stopping.program_cancel, name="program_cancel"),
    path("programs/<uuid:public_id>/close/", closing.program_close, name="program_close"),
    path(
        "programs/<uuid:public_id>/close/undo/",
        closing.program_close_undo,
        name="program_close_undo",
    ),
    path(
        "enrolments/<uuid:public_id>/withdraw/",
        stopping.enrolment_withdraw,
        name="enrolment_withdraw",
    ),
    path("programs/<uuid:public_id>/needs-you/", needs_views.needs_you, name="needs_you"),
    path(
        "programs/<uuid:public_id>/needs-you/<uuid:person_id>/address/",
        needs_views.address_works,
        name="address_works",
    ),
    path(
        "programs/<uuid:public_id>/needs-you/<slug:kind>/<uuid:about_id>/write/",
        personal_mail_views.need_write,
        name="need_write",
    ),
    path(
        "programs/<uuid:public_id>/sent/",
        messages_views.program_messages,
        name="program_messages",
    ),
    path("sent/", messages_views.all_messages, name="all_messages"),
    path(
        "programs/<uuid:public_id>/sent/samples/",
        messages_views.message_samples_list,
        name="message_samples_list",
    ),
    path(
        "programs/<uuid:public_id>/sent/samples/<str:kind>/",
        messages_views.message_sample,
        name="message_sample",
    ),
    path(
        "programs/<uuid:public_id>/sent/channels/",
        channel_views.program_channels,
        name="program_channels",
    ),
    path(
        "programs/<uuid:public_id>/sent/channels/<uuid:channel_id>/disconnect/",
        channel_views.channel_disconnect,
        name="channel_disconnect",
    ),
    path(
        "programs/<uuid:public_id>/sent/channels/<uuid:channel_id>/test/",
        channel_views.channel_test,
        name="channel_test",
    ),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/mail/", mailbox.mailbox, name="mailbox"),
        path("demo/mail/<str:key>/", mailbox.mailbox_mail, name="mailbox_mail"),
    ]
