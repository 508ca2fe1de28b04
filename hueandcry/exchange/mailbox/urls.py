"""Addresses of this part."""

from django.urls import path

from hueandcry.exchange.mailbox import views

urlpatterns = [
    path("mail/", views.index, name="mail"),
    path("mail/senders/<int:sender>/remove/", views.remove, name="mail-remove"),
]
