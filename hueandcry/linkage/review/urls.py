"""Addresses of linkage/review; included at /review/."""

from django.urls import path

from hueandcry.linkage.review import views

urlpatterns = [
    path("", views.review, name="review"),
    path("draw/", views.draw, name="review-draw"),
    path("model/", views.model, name="model"),
    path("disputes/", views.disputes, name="disputes"),
    path("judgements/<int:judgement>/withdraw/", views.withdraw, name="judgement-withdraw"),
    path("<uuid:reference>/", views.one_round, name="review-round"),
    path("<uuid:reference>/close/", views.close, name="review-close"),
    path("<uuid:reference>/<int:place>/", views.read, name="review-read"),
]
