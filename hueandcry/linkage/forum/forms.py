"""Forms of the forum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange.forms import offer
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.linkage.forum.actions import LONGEST, LONGEST_TITLE
from hueandcry.linkage.forum.files import LIMIT, MOST, File
from hueandcry.linkage.forum.places import Place

TLP = [(tlp, f"TLP:{tlp}") for tlp in TLP_ORDER]


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _Files(forms.FileField):
    """Several files of one field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_ManyFiles(), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = [each for each in (data or []) if each] if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not given:
            raise forms.ValidationError(_("Choose a file."))
        if len(given) > MOST:
            raise forms.ValidationError(_("At most %(most)s files go with one post.") % {"most": MOST})
        if any(each.size > LIMIT for each in given):
            raise forms.ValidationError(_("A file is larger than 25 MiB. Send it as a submission, or in parts."))
        return given


def _read(given: Sequence[UploadedFile[Any]], tlp: str) -> list[File]:
    return [File(str(each.name or ""), each.read(), tlp) for each in given]


class PostForm(forms.Form):
    """What somebody says, with files."""

    text = forms.CharField(
        label=gettext_lazy("Your post"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy(
            "Everybody who reads the thread sees your name. @Name calls an organisation or a person. > quotes, "
            "- lists, **strong**, `code`. Addresses elsewhere stay text that nobody can click."
        ),
    )
    attached = _Files(
        label=gettext_lazy("Files"),
        required=False,
        help_text=gettext_lazy("Up to 5, each up to 25 MiB: text, PDF, Office, zip. No pictures, films or programs."),
    )
    file_tlp = forms.ChoiceField(
        label=gettext_lazy("Handling of the files"), choices=TLP, initial="AMBER", required=False
    )

    def content(self) -> dict[str, Any]:
        """Text and files as an action wants them."""
        given = self.cleaned_data
        return {"text": given["text"], "files": _read(given["attached"], given["file_tlp"] or "AMBER")}


class ThreadForm(PostForm):
    """A new thread with its first post."""

    place = forms.ChoiceField(label=gettext_lazy("With whom"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    tlp = forms.ChoiceField(
        label=gettext_lazy("How far it may travel"),
        choices=TLP,
        initial="AMBER",
        help_text=gettext_lazy("Of all that is said in it, beyond those who read it here."),
    )
    about = forms.CharField(
        label=gettext_lazy("What it is about"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy("The address of an operation, a crime, a report or a room, or a value. May stay empty."),
    )
    field_order = ("place", "title", "about", "tlp", "text", "attached", "file_tlp")

    def __init__(self, *args: Any, places: Sequence[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "place", [(each.key, each.name) for each in places])


class EditForm(forms.Form):
    """A post once more."""

    text = forms.CharField(
        label=gettext_lazy("Your post"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("What it said before stays beside it for those who read the thread."),
    )


class FileForm(forms.Form):
    """One file for a room."""

    upload = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("Up to 25 MiB: text, PDF, Office, zip.")
    )
    tlp = forms.ChoiceField(label=gettext_lazy("Its handling"), choices=TLP, initial="AMBER")

    def clean_upload(self) -> UploadedFile[Any]:
        given: UploadedFile[Any] = self.cleaned_data["upload"]
        if (given.size or 0) > LIMIT:
            raise forms.ValidationError(_("The file is larger than 25 MiB. Send it as a submission, or in parts."))
        return given

    def file(self) -> File:
        """The file as an action wants it."""
        return _read([self.cleaned_data["upload"]], self.cleaned_data["tlp"])[0]
