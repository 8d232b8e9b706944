"""Addresses of talking to someone. None has a code in it."""

from django.urls import path

from concerns.views import author, company, talk, threads

app_name = "concerns"
urlpatterns = [
    path("talk/", talk.talk, name="talk"),
    path("talk/write/", author.talk_write, name="talk_write"),
    path("talk/read/", author.talk_read, name="talk_read"),
    path("talk/set-up/", company.talk_set_up, name="talk_set_up"),
    path(
        "talk/set-up/<uuid:public_id>/remove/",
        company.talk_contact_remove,
        name="talk_contact_remove",
    ),
    path("talk/threads/", threads.thread_list, name="thread_list"),
    path("talk/threads/<uuid:concern_id>/", threads.thread_detail, name="thread_detail"),
]
