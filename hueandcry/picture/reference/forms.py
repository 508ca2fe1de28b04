"""The form that loads a file of rates or denominators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.picture.reference.actions import MOST_SOURCE

MOST_FILE = 16 * 2**20  # bytes; larger ones go in by the command line


class LoadForm(forms.Form):
    """A file, and whose figures it holds."""

    file = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("CSV, or a ZIP with one; at most 16 MiB.")
    )
    source = forms.CharField(
        label=gettext_lazy("Source"), required=False, max_length=MOST_SOURCE,
        help_text=gettext_lazy("Whose figures these are. Leave it empty where the file says so itself."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """The file, unless it is too large to be read at once."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_FILE:
            raise ValidationError(_("More than 16 MiB. Load it with `hueandcry picture load` instead."))
        return file
