"""Routes of the members desk, and of the pages of the audit record; included at the root, before django-allauth's."""

from __future__ import annotations

from django.urls import path

from hueandcry.members.views import account, agreement, circles, organisations, people, record

app_name = "members"
urlpatterns = [
    path("organisations/", organisations.directory, name="organisations"),
    path("organisations/add/", organisations.add, name="organisation_add"),
    path("organisations/<slug:slug>/", organisations.profile, name="organisation"),
    path("organisations/<slug:slug>/edit/", organisations.edit, name="organisation_edit"),
    path("organisations/<slug:slug>/state/", organisations.change_state, name="organisation_state"),
    path("organisations/<slug:slug>/people/", people.people, name="people"),
    path("organisations/<slug:slug>/people/invite/", people.invite, name="invite"),
    path("organisations/<slug:slug>/people/<int:number>/", people.person, name="person"),
    path("organisations/<slug:slug>/people/<int:number>/account/", people.set_active, name="person_account"),
    path(
        "organisations/<slug:slug>/invitations/<int:number>/revoke/", people.revoke_invitation, name="revoke_invitation"
    ),
    path("invitations/<str:secret>/", account.invitation, name="invitation"),
    path("account/profile/", account.profile, name="profile"),
    path("account/email/", account.addresses, name="addresses"),
    path("membership/", account.membership, name="membership"),
    path("tokens/", account.tokens, name="tokens"),
    path("tokens/<int:number>/revoke/", account.revoke_token, name="revoke_token"),
    path("circles/", circles.circles, name="circles"),
    path("circles/add/", circles.add, name="circle_add"),
    path("circles/<slug:slug>/", circles.circle, name="circle"),
    path("circles/<slug:slug>/members/", circles.circle_members, name="circle_members"),
    path("circles/<slug:slug>/close/", circles.close, name="circle_close"),
    path("agreement/", agreement.agreement, name="agreement"),
    path("agreement/accept/", agreement.accept, name="accept_agreement"),
    path("audit/", record.everybody, name="audit"),
    path("audit/mine/", record.mine, name="audit_mine"),
]
