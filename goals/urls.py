"""Addresses of goals."""

from django.urls import path

from goals.views import check_ins, goals

app_name = "goals"
urlpatterns = [
    path("pairs/<uuid:public_id>/goals/new/", goals.goal_new, name="goal_new"),
    path("goals/<uuid:public_id>/", goals.goal_detail, name="goal_detail"),
    path("goals/<uuid:public_id>/edit/", goals.goal_edit, name="goal_edit"),
    path("goals/<uuid:public_id>/close/", goals.goal_close, name="goal_close"),
    path("goals/<uuid:public_id>/check-in/", check_ins.check_in_new, name="check_in_new"),
    path("check-ins/<uuid:public_id>/cheer/", check_ins.check_in_cheer, name="check_in_cheer"),
    path("milestones/<uuid:public_id>/tick/", check_ins.milestone_tick, name="milestone_tick"),
]
