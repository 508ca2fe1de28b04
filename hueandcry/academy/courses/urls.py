"""Addresses of courses, their sessions, and what one learns."""

from django.urls import path

from hueandcry.academy.courses import views

urlpatterns = [
    path("", views.courses, name="courses"),
    path("courses.csv", views.as_csv, name="courses-csv"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar.ics", views.as_calendar, name="calendar-ics"),
    path("mine/", views.mine, name="learning"),
    path("workbench/", views.workbench, name="workbench"),
    path("compare/", views.compare, name="courses-compare"),
    path("new/", views.new, name="course-new"),
    path("sessions/<uuid:reference>/", views.session, name="session"),
    path("sessions/<uuid:reference>/<slug:act>/", views.act_session, name="session-act"),
    path("<uuid:reference>/", views.course, name="course"),
    path("<uuid:reference>/edit/", views.edit, name="course-edit"),
    path("<uuid:reference>/sessions/", views.plan, name="session-new"),
    path("<uuid:reference>/<slug:act>/", views.act, name="course-act"),
]
