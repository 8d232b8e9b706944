"""Addresses of meetings: the list of pairs, sessions, calendars, delegates."""

from django.urls import path

from meetings.views import (
    booking,
    calendar,
    commitments,
    delegate,
    exports,
    logs,
    moving,
    pairs,
    put_back,
    session_list,
    sessions,
    topics,
)

app_name = "meetings"
urlpatterns = [
    path("programs/<uuid:public_id>/pairs/", pairs.pairing_list, name="pairing_list"),
    path("programs/<uuid:public_id>/pairs/export/", exports.pairing_export, name="pairing_export"),
    path("pairs/<uuid:public_id>/pause/", pairs.pairing_pause, name="pairing_pause"),
    path("programs/<uuid:public_id>/sessions/", session_list.session_list, name="session_list"),
    path(
        "programs/<uuid:public_id>/sessions/export/",
        session_list.session_export,
        name="session_export",
    ),
    path("pairs/<uuid:public_id>/sessions/new/", booking.session_new, name="session_new"),
    path(
        "pairs/<uuid:public_id>/sessions/book-all/", booking.session_series, name="session_series"
    ),
    path("pairs/<uuid:public_id>/topics/", topics.session_topics, name="session_topics"),
    path("pairs/<uuid:public_id>/sessions/put-back/", put_back.put_back, name="put_back"),
    path("sessions/<uuid:public_id>/", sessions.session_detail, name="session_detail"),
    path("sessions/<uuid:public_id>/move/", moving.session_move, name="session_move"),
    path("sessions/<uuid:public_id>/another-time/", moving.session_again, name="session_again"),
    path("sessions/<uuid:public_id>/cancel/", moving.session_cancel, name="session_cancel"),
    path("sessions/<uuid:public_id>/question/", sessions.session_question, name="session_question"),
    path(
        "sessions/<uuid:public_id>/calendar.ics", sessions.session_calendar, name="session_calendar"
    ),
    path("sessions/<uuid:public_id>/log/", logs.session_log, name="session_log"),
    path("sessions/<uuid:public_id>/note/", logs.note_edit, name="note_edit"),
    path(
        "sessions/<uuid:public_id>/commitment/", commitments.commitment_edit, name="commitment_edit"
    ),
    path("commitments/<uuid:public_id>/done/", commitments.commitment_done, name="commitment_done"),
    path("commitments/<uuid:public_id>/drop/", commitments.commitment_drop, name="commitment_drop"),
    path("sessions/<uuid:public_id>/late/", sessions.session_late, name="session_late"),
    path("me/calendar/", calendar.my_calendar, name="my_calendar"),
    path("me/calendar/absences/", calendar.absence_add, name="absence_add"),
    path(
        "me/calendar/absences/<uuid:public_id>/remove/",
        calendar.absence_remove,
        name="absence_remove",
    ),
    path("me/calendar/address/", calendar.feed_renew, name="feed_renew"),
    path("me/calendar/address/remove/", calendar.feed_revoke, name="feed_revoke"),
    path("me/calendar/own/", calendar.own_calendar_save, name="own_calendar_save"),
    path("me/calendar/own/remove/", calendar.own_calendar_remove, name="own_calendar_remove"),
    path("calendar/<str:token>.ics", calendar.calendar_feed, name="calendar_feed"),
    path("me/notes/", logs.note_list, name="note_list"),
    path("me/notes/export/", logs.note_export, name="note_export"),
    path("calendar-for-others/", delegate.delegate_home, name="delegate_home"),
    path(
        "calendar-for-others/pairs/<uuid:public_id>/new/",
        delegate.delegate_session_new,
        name="delegate_session_new",
    ),
    path(
        "calendar-for-others/pairs/<uuid:public_id>/book-all/",
        delegate.delegate_series,
        name="delegate_series",
    ),
    path(
        "calendar-for-others/sessions/<uuid:public_id>/late/",
        delegate.delegate_late,
        name="delegate_late",
    ),
    path(
        "calendar-for-others/sessions/<uuid:public_id>/move/",
        delegate.delegate_session_move,
        name="delegate_session_move",
    ),
    path(
        "calendar-for-others/sessions/<uuid:public_id>/cancel/",
        delegate.delegate_session_cancel,
        name="delegate_session_cancel",
    ),
]
