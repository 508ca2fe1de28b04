"""Addresses of what analysts write about operations, and of what they take out."""

from django.urls import path

from hueandcry.linkage.analysis import views, views_export

urlpatterns = [
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<uuid:reference>/", views.task, name="task"),
    path("tasks/<uuid:reference>/state/", views.task_state, name="task-state"),
    path("hypotheses/<uuid:reference>/", views.hypothesis, name="hypothesis"),
    path("evidence/<int:number>/take-back/", views.unweigh, name="evidence-take-back"),
    path("notes/<uuid:reference>/", views.note, name="note"),
    path("<uuid:reference>/hypotheses/add/", views.suppose, name="hypothesis-add"),
    path("<uuid:reference>/notes/add/", views.note_add, name="note-add"),
    path("<uuid:reference>/tasks/add/", views.task_add, name="task-add"),
    path("<uuid:reference>/name/", views.name, name="operation-name"),
    path("<uuid:reference>/grouping.json", views_export.grouping, name="operation-stix"),
    path("<uuid:reference>/dossier.pdf", views_export.dossier, name="operation-dossier"),
]
