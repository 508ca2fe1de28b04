"""Addresses of linkage/deconfliction; included at /deconfliction/."""

from django.urls import path

from hueandcry.linkage.deconfliction import views

urlpatterns = [
    path("", views.index, name="deconfliction"),
    path("new/", views.new, name="interest-new"),
    path("interests/<uuid:reference>/", views.interest, name="interest"),
    path("interests/<uuid:reference>/withdraw/", views.withdraw, name="interest-withdraw"),
    path("overlaps/<uuid:reference>/", views.overlap, name="overlap"),
    path("overlaps/<uuid:reference>/stand/", views.stand, name="overlap-stand"),
    path("overlaps/<uuid:reference>/write/", views.write, name="overlap-write"),
    path("overlaps/<uuid:reference>/close/", views.close, name="overlap-close"),
]
