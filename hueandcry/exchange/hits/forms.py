"""Forms of hits and requests: what a person fills in, turned into what actions take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange import formats
from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.hits import values, words
from hueandcry.exchange.hits.actions_ask import today
from hueandcry.exchange.models import Report
from hueandcry.exchange.models.hit import Purpose
from hueandcry.exchange.table import open_table

MOST_BYTES = 4 * 1024 * 1024  # of a file with values: 10,000 long URLs
MOST_LINES = 20_000  # lines looked at in one question; more than may be asked, so that repeats and comments fit
DAYS = 14  # to answer a request, unless its asker says otherwise


class PurposeForm(forms.Form):
    """What somebody asks for: recorded, and shown to who holds it."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What for?"),
        choices=[(value, capfirst(label)) for value, label in Purpose.choices],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Only reports whose owner allows this purpose answer."),
    )
    words = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For example: mule accounts behind false invoices, suspect identified."),
    )
    case = forms.CharField(label=gettext_lazy("Case number"), max_length=200, required=False)


class LookupForm(PurposeForm):
    """The values, as lines or as a file, and what for."""

    values = forms.CharField(
        label=gettext_lazy("Values, one a line"),
        required=False,
        max_length=MOST_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off", "class": "mono"}),
        help_text=gettext_lazy(
            "Addresses, domains, URLs, e-mail, hashes, wallets, IBANs, phone numbers, accounts; at most 10,000."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file of lines, or a table"), required=False, help_text=gettext_lazy("At most 4 MiB.")
    )
    column = forms.CharField(
        label=gettext_lazy("Column of the table"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Its name or number, where the file is a table (CSV)."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Type of the values"), required=False)
    field_order = ("values", "file", "column", "kind", "purpose", "words", "case")

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._region = region
        self.asked = values.Asked()
        self._header: list[str] = []
        for one in ("values", "file"):  # neither is optional: one of the two is needed
            self.fields[one].either = True  # type: ignore[attr-defined]
        found = sorted(values.KINDS.items(), key=lambda pair: pair[1].casefold())
        self.fields["kind"].choices = [("", _("Find out for each")), *found]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                texts = list(chain(values.lines(given["values"]), self._of_file(given)))
            except Unreadable as error:
                raise forms.ValidationError({"file": error.reason}) from None
            if len(texts) > MOST_LINES:
                raise forms.ValidationError(
                    _("These are more than 20,000 lines. Nothing was asked; send them in parts.")
                )
            self.asked = values.asked(texts, kind=given["kind"], region=self._region)
            if not self.asked.values:
                self._say_why_nothing()
        return given

    def _of_file(self, given: dict[str, Any]) -> Any:
        file: UploadedFile[bytes] | None = given.get("file")
        if file is None:
            return ()
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                {"file": _("The file is larger than 4 MiB. Nothing was asked; send it in parts.")}
            )
        raw = file.read()
        self._header = _header_of(raw, file.name or "")
        return values.column(raw, given["column"]) if given["column"] else values.lines(values.decoded(raw))

    def _say_why_nothing(self) -> None:
        if not self.asked.unread:
            raise forms.ValidationError({"values": _("Give at least one value: write it here or choose a file.")})
        if self._header and not self.cleaned_data.get("column"):
            names = ", ".join(self._header[:20])
            raise forms.ValidationError(
                {
                    "column": _("The file is a table. Say which of its columns holds the values: %(names)s.")
                    % {"names": names}
                }
            )
        line, text, reason = self.asked.unread[0]
        raise forms.ValidationError(
            {
                "values": _(
                    "None of the lines is a value that we know. For example line %(line)s: %(text)s. %(reason)s"
                )
                % {"line": line, "text": text[:80], "reason": words.unread_reason(reason)}
            }
        )


def _header_of(raw: bytes, name: str) -> list[str]:
    """The columns of a table, none for a file of lines. Raises ``Unreadable`` for what is neither, a workbook say."""
    return open_table(raw).header if formats.detect(raw, name).name == "csv" else []


class AskForm(PurposeForm):
    """Why somebody wants to see what others hold, and by when."""

    answer_by = forms.DateField(
        label=gettext_lazy("Answer by"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("purpose", "words", "case", "answer_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = _("Whoever holds it reads this, and decides by it.")
        self.fields["case"].help_text = _("Shown to whoever you ask.")
        self.fields["answer_by"].initial = today() + timedelta(days=DAYS)

    def clean_answer_by(self) -> date:
        day: date = self.cleaned_data["answer_by"]
        if not today() <= day <= today() + timedelta(days=366):
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return day


class AnswerForm(forms.Form):
    """What an owner discloses of what was hit: all, some, or nothing."""

    reports = forms.MultipleChoiceField(
        label=gettext_lazy("Let them see"), required=False, widget=forms.CheckboxSelectMultiple
    )
    conditions = forms.CharField(
        label=gettext_lazy("On what condition, or why not"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("They read it with the answer."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("After this day they see it no more. Empty: until you take it back."),
    )
    named = forms.BooleanField(
        label=gettext_lazy("Tell them who we are"),
        required=False,
        help_text=gettext_lazy("A report shows who reported it: whoever lets one be seen is named in any case."),
    )

    def __init__(self, *args: Any, reports: Sequence[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = [(str(r.pk), f"{r.title} (TLP:{r.tlp}, {r.reported_at:%Y-%m-%d})") for r in reports]
        self.fields["reports"].choices = shown  # type: ignore[attr-defined]

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and day < today():
            raise forms.ValidationError(_("This day is past."))
        return day

    def chosen(self) -> list[int]:
        """The reports to disclose."""
        return [int(pk) for pk in self.cleaned_data["reports"]]
