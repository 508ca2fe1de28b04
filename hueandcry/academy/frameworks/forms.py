"""The form by which a framework is imported."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hueandcry.academy.frameworks import model, nice


class ImportForm(forms.Form):
    """A file of a framework: what is wrong with it is told with the place."""

    upload = forms.FileField(
        label=_("File"),
        help_text=_("JSON, as this site writes it or as NIST publishes the NICE framework; up to 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean_upload(self) -> bytes:
        """The file's bytes, of which a framework was read."""
        upload = self.cleaned_data["upload"]
        if (upload.size or 0) > model.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        content: bytes = upload.read()
        if (at := content.find(b"\\u0000")) >= 0:  # PostgreSQL keeps no text with it
            line = content.count(b"\n", 0, at) + 1
            raise forms.ValidationError(_("Line %(line)s has a NUL character, which no text holds.") % {"line": line})
        try:
            found = nice.read(content) if nice.is_nice(content) else model.read(content)
            model.read(model.written(found))  # what is kept is read again at each page
        except model.BadFramework as error:
            raise forms.ValidationError(str(error)) from None
        return content
