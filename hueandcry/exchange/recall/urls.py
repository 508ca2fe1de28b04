"""Addresses of recalls, permissions and reviews."""

from django.urls import path

from hueandcry.exchange.recall import views, views_permission

urlpatterns = [
    path("recalls/", views.index, name="recalls"),
    path("recalls/key.pem", views.key, name="recall-key"),
    path("recalls/<uuid:reference>/", views.show, name="recall"),
    path("recalls/<uuid:reference>/<str:part>", views.download, name="recall-download"),
    path("reports/<uuid:reference>/permission/", views_permission.ask, name="permission-ask"),
    path("reports/<uuid:reference>/restriction/", views_permission.acknowledge, name="acknowledge"),
    path("permissions/", views_permission.index, name="permissions"),
    path("permissions/<uuid:reference>/", views_permission.show, name="permission"),
    path("reviews/", views_permission.reviews, name="reviews"),
    path("reviews/<uuid:reference>/", views_permission.renew, name="review"),
]
