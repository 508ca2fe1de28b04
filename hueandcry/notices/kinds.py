"""What people can be told of, and in which words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

# The key is written in the tables and by those who tell; the words are for pages and letters.
KINDS = {
    "hit": _("Hits"),
    "request": _("Requests to see more"),
    "answer": _("Answers to your requests"),
    "recall": _("Recalls and corrections"),
    "linked": _("Reports linked to yours"),
    "judgement": _("Disputed judgements of links"),
    "outcome": _("What came of your reports"),
    "alert": _("Saved searches"),
    "task": _("Tasks"),
    "overlap": _("Deconfliction"),
    "room": _("Case rooms"),
    "thread": _("Forum"),
    "release": _("Releases of the picture"),
    "signal": _("Signals of the picture"),
    "submission": _("Submissions"),
    "resource": _("Resources and experts"),
    "call": _("Clearing house"),
    "priority": _("Common priorities"),
    "course": _("Courses and places in them"),
    "accreditation": _("Accreditation"),
    "programme": _("Programme"),
    "certification": _("Certification"),
    "connection": _("Connections and webhooks"),
}

# What a letter says in place of a title that names a report whose handling keeps it out of e-mail.
UNNAMED = {
    "hit": _("A hit on a report you may see"),
    "request": _("A request about a report you may see"),
    "answer": _("An answer about a report you may see"),
    "recall": _("A report you may see was recalled or corrected"),
    "linked": _("Something is linked to a report you may see"),
    "judgement": _("A judgement of a link is disputed"),
    "outcome": _("What came of a report you may see"),
    "alert": _("A saved search found a report you may see"),
    "task": _("News of a task"),
    "overlap": _("News in deconfliction"),
    "room": _("News of a case room"),
    "thread": _("News of a thread"),
    "release": _("A release of the picture is published"),
    "signal": _("News of the picture"),
    "submission": _("News of a submission"),
    "resource": _("News of a resource"),
    "call": _("News of a call of the clearing house"),
    "priority": _("News of common priorities"),
    "course": _("News of a course"),
    "accreditation": _("News of an accreditation"),
    "programme": _("News of a programme"),
    "certification": _("News of a certification"),
    "connection": _("News of a connection"),
}
