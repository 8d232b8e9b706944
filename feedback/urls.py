"""Addresses of feedback."""

from django.urls import path

from feedback.views import answering, plan, results, rounds, staff, trials

app_name = "feedback"
urlpatterns = [
    path("programs/<uuid:public_id>/surveys/", rounds.round_list, name="round_list"),
    path("programs/<uuid:public_id>/surveys/plan/new/", plan.plan_item_new, name="plan_item_new"),
    path("surveys/staff/", staff.staff_survey_list, name="staff_survey_list"),
    path("surveys/staff/new/", staff.staff_survey_new, name="staff_survey_new"),
    path("surveys/plan/<uuid:public_id>/", plan.plan_item_edit, name="plan_item_edit"),
    path("surveys/plan/<uuid:public_id>/open/", plan.plan_item_open, name="plan_item_open"),
    path("surveys/plan/<uuid:public_id>/test/", trials.survey_trial, name="survey_trial"),
    path("surveys/plan/<uuid:public_id>/test/send/", trials.trial_send, name="trial_send"),
    path("surveys/plan/<uuid:public_id>/remove/", plan.plan_item_remove, name="plan_item_remove"),
    path("surveys/<uuid:public_id>/", results.round_detail, name="round_detail"),
    path("surveys/<uuid:public_id>/results.csv", results.round_export, name="round_export"),
    path("surveys/<uuid:public_id>/answers/", rounds.round_answers, name="round_answers"),
    path("surveys/<uuid:public_id>/told-us/", rounds.told_us_edit, name="told_us_edit"),
    path("surveys/<uuid:public_id>/heard/", rounds.round_heard, name="round_heard"),
    path("surveys/<uuid:public_id>/open/", answering.survey_open, name="survey_open"),
    path("surveys/answer/<str:token>/", answering.survey_answer, name="survey_answer"),
    path("surveys/answer/<str:token>/opt-out/", answering.survey_opt_out, name="survey_opt_out"),
]
