"""Addresses of certification: schemes, candidacies, questions, certificates, keys, recognition, register."""

from django.urls import path

from hueandcry.academy.certification import views, views_body

urlpatterns = [
    path("", views.schemes, name="schemes"),
    path("schemes/new/", views.scheme_new, name="scheme-new"),
    path("schemes/<slug:code>/", views.scheme, name="scheme"),
    path("register/", views.register, name="register"),
    path("register.csv", views.register_csv, name="register-csv"),
    path("recognition/", views.recognition, name="recognition"),
    path("recognition/<int:key>/withdraw/", views.recognition_withdraw, name="recognition-withdraw"),
    path("questions/", views_body.questions, name="questions"),
    path("questions/<uuid:reference>/<slug:state>/", views_body.question_move, name="question-move"),
    path("keys/", views_body.keys, name="keys"),
    path("candidacies/<uuid:reference>/", views.candidacy, name="candidacy"),
    path("candidacies/<uuid:reference>/<slug:act>/", views.act, name="candidacy-act"),
    path("certificates/<uuid:reference>/", views.certificate, name="certificate"),
    path("certificates/<uuid:reference>/<slug:what>.<slug:ending>", views.certificate_file, name="certificate-file"),
    path("certificates/<uuid:reference>/<slug:act>/", views.act_certificate, name="certificate-act"),
]
