"""The form of a connection: one for each kind of server."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hueandcry.exchange.forms import TLP_WORDS, list_of, offer
from hueandcry.exchange.models import Remote
from hueandcry.exchange.remotes.actions import Wish
from hueandcry.exchange.remotes.taxii import Offered

EVERY = {
    "60": gettext_lazy("Each minute"),
    "900": gettext_lazy("Each quarter of an hour"),
    "3600": gettext_lazy("Each hour"),
    "86400": gettext_lazy("Once a day"),
}
_LABELS = [(level, level) for level in TLP_WORDS]


class ConnectionForm(forms.Form):
    """What every connection has."""

    kind = ""
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2_000,
        widget=forms.TextInput(attrs={"spellcheck": "false", "inputmode": "url"}),
    )
    login = forms.CharField(
        label=gettext_lazy("Login"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Leave it empty where the server wants a token alone."),
    )
    secret = forms.CharField(
        label=gettext_lazy("Password or token"),
        max_length=10_000,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Kept encrypted, and never shown again."),
    )
    forget = forms.BooleanField(label=gettext_lazy("Forget the password or token that is kept"), required=False)
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=list_of(EVERY), initial="900")
    circle = forms.ChoiceField(label=gettext_lazy("Circle"), required=False)

    def __init__(self, *args: Any, circles: list[tuple[int, str]], start: Remote | None = None, **kwargs: Any) -> None:
        if start is not None:
            kwargs.setdefault("initial", self._initial(start))
        super().__init__(*args, **kwargs)
        self.start = start
        offer(self, "circle", [("", _("None")), *((str(p), name) for p, name in circles)])
        if start is None or start.credentials is None:
            del self.fields["forget"]
        else:
            self.fields["secret"].help_text = _("Leave it empty to keep the one we have. It is never shown again.")

    def _initial(self, start: Remote) -> dict[str, Any]:
        every = str(start.every)
        shown = {"name": start.name, "url": start.url, "every": every if every in EVERY else "900"}
        return shown | {"circle": str(start.circle or "")}

    def _wish(self, **more: Any) -> Wish:
        given = self.cleaned_data
        secret: str | None = given["secret"] or None
        if given.get("forget"):
            secret = ""
        return Wish(
            kind=self.kind, name=given["name"], url=given["url"].strip(), login=given["login"], secret=secret,
            every=int(given["every"]), circle=int(given["circle"]) if given["circle"] else None, **more,
        )  # fmt: skip

    def wish(self) -> Wish:
        """What was asked for."""
        raise NotImplementedError


class _LabelledForm(ConnectionForm):
    """A server whose own labels are read into our handling."""

    unmarked = forms.ChoiceField(
        label=gettext_lazy("Label of what comes without one"),
        choices=[("", gettext_lazy("As your organisation's default")), *_LABELS],
        required=False,
    )
    widest = forms.ChoiceField(
        label=gettext_lazy("The widest label that is believed"),
        choices=[("", gettext_lazy("The same as for what comes without one")), *_LABELS],
        required=False,
        help_text=gettext_lazy("A stricter label of the server always holds; a wider one than this does not."),
    )

    def _initial(self, start: Remote) -> dict[str, Any]:
        kept = start.handling
        return super()._initial(start) | {"unmarked": kept.get("tlp", ""), "widest": kept.get("widest", "")}

    def _handling(self) -> dict[str, Any]:
        given = self.cleaned_data
        found: dict[str, Any] = {}
        if given["unmarked"]:
            found["tlp"] = given["unmarked"]
        if given["widest"]:
            found["widest"] = given["widest"]
        if given["circle"]:
            found["recipients"] = [int(given["circle"])]
        return found


class TaxiiForm(_LabelledForm):
    """A TAXII 2.1 collection. ``offered``: what the server said it has, to choose from."""

    kind = Remote.Kind.TAXII
    collection = forms.ChoiceField(label=gettext_lazy("Collection"), required=False)
    pulls = forms.BooleanField(label=gettext_lazy("Read what comes"), required=False, initial=True)
    pushes = forms.BooleanField(
        label=gettext_lazy("Send what the circle may share"),
        required=False,
        help_text=gettext_lazy(
            "Your organisation's own objects of the circle, and others' that are TLP:CLEAR or TLP:GREEN."
        ),
    )
    match_type = forms.CharField(
        label=gettext_lazy("Only these types"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("STIX types, parted by commas: indicator, malware. Empty: all."),
    )
    field_order = (
        "name", "url", "login", "secret", "forget", "collection", "pulls", "pushes", "circle", "match_type", "unmarked",
        "widest", "every",
    )  # fmt: skip

    def __init__(self, *args: Any, offered: list[Offered] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = _("Of the server's discovery, an API root or the collection itself.")
        self.fields["circle"].help_text = _("What comes is shared with it; what is sent is taken from it.")
        if offered is None:
            del self.fields["collection"]
        else:
            offer(self, "collection", [(one.url, _named(one)) for one in offered])
            self.fields["collection"].required = True

    def _initial(self, start: Remote) -> dict[str, Any]:
        return super()._initial(start) | {
            "pulls": start.pulls, "pushes": start.pushes, "match_type": start.filter.get("type", ""),
        }  # fmt: skip

    def wish(self) -> Wish:
        given = self.cleaned_data
        types = ",".join(filter(None, (word.strip() for word in given["match_type"].split(","))))
        return self._wish(
            pulls=given["pulls"], pushes=given["pushes"], filter={"type": types} if types else {},
            handling=self._handling(),
        )  # fmt: skip


def _named(one: Offered) -> str:
    may = {
        (True, True): _("read and write"), (True, False): _("read"), (False, True): _("write"),
        (False, False): _("neither read nor write"),
    }[one.can_read, one.can_write]  # fmt: skip
    return " · ".join(filter(None, (one.title, one.root, may)))


class MispForm(_LabelledForm):
    """A MISP feed."""

    kind = Remote.Kind.MISP
    field_order = ("name", "url", "login", "secret", "forget", "circle", "unmarked", "widest", "every")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = _(
            "Of the folder that holds manifest.json. Where the operator allows it, a folder of this machine: folder:x"
        )
        self.fields["circle"].help_text = _("What comes is shared with it. None: with whom your default names.")

    def wish(self) -> Wish:
        return self._wish(handling=self._handling())


class NodeForm(ConnectionForm):
    """Another node of Hue & Cry."""

    kind = Remote.Kind.NODE
    theirs = forms.CharField(
        label=gettext_lazy("What the circle is called there"),
        max_length=80,
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
        help_text=gettext_lazy("The last part of the address of its page there, such as fin-cert."),
    )
    widest = forms.ChoiceField(
        label=gettext_lazy("The widest label that is believed"),
        choices=[level for level in _LABELS if level[0] in ("CLEAR", "GREEN", "AMBER")],
        help_text=gettext_lazy("A stricter label of the node always holds; a wider one than this does not."),
    )
    passes_on = forms.BooleanField(
        label=gettext_lazy("What comes from this node may go on to other nodes of the circle"),
        required=False,
        help_text=gettext_lazy("Word by word, with its own number and signature; never H2 and never PAP:RED."),
    )
    field_order = ("name", "url", "login", "secret", "forget", "circle", "theirs", "widest", "passes_on", "every")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].help_text = _("Of the other installation: https://other.example")
        self.fields["circle"].help_text = _("Your organisation stands for the other node in this circle.")
        self.fields["circle"].required = True
        del self.fields["login"]

    def _initial(self, start: Remote) -> dict[str, Any]:
        return super()._initial(start) | {
            "theirs": start.filter.get("circle", ""), "widest": start.handling.get("widest", "CLEAR"),
            "passes_on": start.passes_on,
        }  # fmt: skip

    def wish(self) -> Wish:
        given = self.cleaned_data
        given["login"] = ""
        return self._wish(
            filter={"circle": given["theirs"].strip()}, handling={"widest": given["widest"]},
            passes_on=given["passes_on"],
        )  # fmt: skip


FORMS: dict[str, type[ConnectionForm]] = {"taxii": TaxiiForm, "misp": MispForm, "node": NodeForm}
