"""The components, as template tags: ``{% load hueandcry %}``. The style guide shows each of them with its usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.http import QueryDict
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.utils import formats, timezone, translation
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.web import countries, filters, icons, numbers, tlp
from hueandcry.web.charts import Chart, Withheld
from hueandcry.web.graphs import Graph

register = template.Library()

Html = SafeString


def _point() -> str:
    return str(formats.get_format("DECIMAL_SEPARATOR", translation.get_language()))


def _query(context: Context) -> dict[str, list[str]]:
    request = context.get("request")
    return {key: list(found) for key, found in request.GET.lists()} if request else {}


def _url(query: Mapping[str, Sequence[str]]) -> str:
    written = QueryDict(mutable=True)
    for key, found in query.items():
        written.setlist(key, list(found))
    return f"?{written.urlencode()}"


# Small words


@register.simple_tag
def icon(name: str, label: str = "") -> Html:
    """``{% icon "bell" %}``: an icon beside words; with ``label`` it is read aloud."""
    return mark_safe(icons.svg(name, str(escape(label))))  # noqa: S308  # our own drawings, the label escaped


@register.inclusion_tag("web/components/label.html", name="tlp")
def tlp_label(level: str) -> dict[str, Any]:
    """``{% tlp "AMBER+STRICT" %}``: the label exactly as FIRST draws it."""
    return {"label": tlp.tlp(level)}


@register.inclusion_tag("web/components/label.html", name="pap")
def pap_label(level: str) -> dict[str, Any]:
    """``{% pap "GREEN" %}``: permissible actions, drawn as TLP is."""
    return {"label": tlp.pap(level)}


@register.simple_tag
def state(word: str, kind: str = "", icon_name: str = "") -> Html:
    """``{% state _("withdrawn") "doubt" %}``: kind is "", "good", "doubt" or "signal"; ``icon_name`` is optional."""
    drawn = icon(icon_name) if icon_name else ""
    return format_html('<span class="state{}">{}{}</span>', f" state-{kind}" if kind else "", drawn, word)


@register.simple_tag
def country(code: str) -> Html:
    """``{% country "PT" %}``: Portugal PT, in the reader's language. Nothing for no code."""
    if not code:
        return format_html('<span class="soft">{}</span>', _("not known"))
    name = countries.country_name(code, translation.get_language() or "en")
    return format_html('<span class="nowrap">{} <span class="code">{}</span></span>', name, code.upper())


@register.filter
def country_name(code: str) -> str:
    """``{{ code|country_name }}``: the name alone."""
    return countries.country_name(code or "", translation.get_language() or "en")


# Numbers and times


@register.filter
def number(value: numbers.Number | None, places: int | None = None) -> str:
    """``{{ n|number }}`` or ``{{ n|number:1 }}``: thin grouping; a dash where there is none."""
    return "–" if value is None else numbers.grouped(value, places, _point())


@register.filter
def signed(value: numbers.Number, places: int | None = None) -> str:
    """``{{ n|signed }}``: as number, with + for a rise."""
    return numbers.signed(value, places, _point())


@register.simple_tag
def interval(low: numbers.Number, high: numbers.Number, places: int | None = None) -> str:
    """``{% interval 8900 9300 %}``: "8 900 to 9 300"."""
    return _("%(low)s to %(high)s") % {"low": number(low, places), "high": number(high, places)}


@register.simple_tag
def money(amount: numbers.Number, currency: str, places: int = 0) -> Html:
    """``{% money 12500 "EUR" %}``: the amount with its ISO 4217 code, kept on one line."""
    return format_html('<span class="nowrap">{} {}</span>', number(amount, places), currency)


@register.simple_tag
def stamp(when: datetime | None, seconds: bool = False) -> Html:
    """``{% stamp when %}``: day, time and time zone, never without."""
    if when is None:
        return format_html('<span class="soft">{}</span>', _("not known"))
    local = timezone.localtime(when)
    said = formats.date_format(local, "j N Y, H:i:s T" if seconds else "j N Y, H:i T", use_l10n=False)
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), said)


@register.simple_tag
def day(when: date | datetime | None) -> Html:
    """``{% day when %}``: the day alone, for columns."""
    if when is None:
        return format_html('<span class="soft">{}</span>', _("not known"))
    local = timezone.localtime(when) if isinstance(when, datetime) else when
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(), formats.date_format(local, "j N Y", use_l10n=False)
    )


@register.simple_tag
def ago(when: datetime) -> Html:
    """``{% ago when %}``: "3 days ago", the exact time in the title; from thirty days on the day itself."""
    passed = timezone.now() - when
    if not timedelta(0) <= passed < timedelta(days=30):
        return day(when)
    local = formats.date_format(timezone.localtime(when), "j N Y, H:i T", use_l10n=False)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', when.astimezone(UTC).isoformat(), local, _since(passed)
    )


def _since(passed: timedelta) -> str:
    minutes, hours = int(passed.total_seconds() // 60), int(passed.total_seconds() // 3600)
    if minutes < 1:
        return _("just now")
    if hours < 1:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    if passed.days < 1:
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    return ngettext("%(count)s day ago", "%(count)s days ago", passed.days) % {"count": passed.days}


# Figures, receipts, long work


@register.inclusion_tag("web/components/figure.html")
def figure(label: str, value: numbers.Number | str | None, **more: Any) -> dict[str, Any]:
    """``{% figure label=... value=... unit= low= high= change= change_unit= better= since= method= places= %}``.

    ``better`` is "up" or "down": which way is good; without it a change is told without praise or blame. A ``value``
    that is a word ("suppressed", "too few to say") is shown as one. ``method`` is "how this was made", ``method_url``
    leads to it in full.
    """
    change, better = more.get("change"), more.get("better", "")
    way = "" if not change else "up" if change > 0 else "down"
    tone = "" if not way or not better else "better" if way == better else "worse"
    absent = dict.fromkeys(("unit", "low", "high", "change", "change_unit", "since", "method", "method_url", "places"))
    word = not isinstance(value, int | float | Decimal)  # also a translated word, which is no str yet
    return absent | {"label": label, "value": value, "is_word": word, "way": way, "tone": tone} | more


@register.inclusion_tag("web/components/receipt.html")
def receipt_bar(stored: int, known: int, refused: int, noun: str = "") -> dict[str, Any]:
    """``{% receipt_bar stored=212 known=40 refused=3 %}``: one segmented bar, and the numbers; they add up to read."""
    read = stored + known + refused
    counts = [
        ("stored", _("stored"), stored),
        ("known", _("known already"), known),
        ("refused", _("refused"), refused),
    ]
    parts, start = [], 0.0
    for key, said, count in counts:
        width = numbers.share(count, read)
        parts.append({"key": key, "said": said, "count": count, "start": f"{start:.3f}", "width": f"{width:.3f}"})
        start += width
    return {"read": read, "parts": parts, "noun": noun or _("objects")}


@register.inclusion_tag("web/components/progress.html")
def progress(id: str, url: str, done: int, total: int | None, label: str, **more: Any) -> dict[str, Any]:  # noqa: A002
    """``{% progress id="job-7" url=... done=... total=... label=... finished=False unit= then= %}``.

    ``url`` answers with this same tag alone; it is asked every two seconds until ``finished``, then ``then`` (a link)
    is offered. ``total`` None: how much is not known yet. Without scripts the page offers to look again.
    """
    return {"id": id, "url": url, "done": done, "total": total, "label": label, **more}


# Lists


@register.simple_tag(takes_context=True)
def query_with(context: Context, **change: Any) -> str:
    """``{% query_with sort="x" after=None %}``: the page's query with these keys set, or taken away by None."""
    query = _query(context) | {key: [str(value)] for key, value in change.items() if value is not None}
    return _url({key: found for key, found in query.items() if change.get(key, "") is not None})


@register.inclusion_tag("web/components/filter_panel.html", takes_context=True)
def filter_panel(context: Context, declared: Sequence[filters.Filter]) -> dict[str, Any]:
    """``{% filter_panel filters %}``: the form on the left; it is a GET form, so what is set lives in the URL."""
    query = _query(context)
    fields = [{"filter": each, "set": filters.values(query, each.name)} for each in declared]
    return {"fields": fields, "sort": query.get("sort", []), "any": bool(filters.chips(declared, query))}


@register.inclusion_tag("web/components/filter_chips.html", takes_context=True)
def filter_chips(context: Context, declared: Sequence[filters.Filter]) -> dict[str, Any]:
    """``{% filter_chips filters %}``: what is set, each to be taken away by a click, above the list."""
    return {"chips": [{"chip": each, "url": _url(each.without)} for each in filters.chips(declared, _query(context))]}


@register.inclusion_tag("web/components/sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, **more: Any) -> dict[str, Any]:
    """``{% sort_header "received" _("Received") default="-received" first="down" num=True %}``: a sortable ``<th>``.

    The order is ``?sort=key`` (up) or ``?sort=-key`` (down); ``default`` is the view's own order. Paging starts anew.
    """
    query = _query(context)
    current = (query.get("sort") or [more.get("default", "")])[-1]
    asked = filters.next_order(current, key, more.get("first", "up"))
    kept = {name: found for name, found in query.items() if name not in filters.PAGING}
    way = "ascending" if current == key else "descending" if current == f"-{key}" else ""
    return {"label": label, "way": way, "url": _url(kept | {"sort": [asked]}), "num": more.get("num", False)}


@register.inclusion_tag("web/components/pages.html", takes_context=True)
def pages(context: Context, next: str | None = None, previous: str | None = None) -> dict[str, Any]:  # noqa: A002
    """``{% pages next=key previous=key %}``: paging by key, as ``?after=`` and ``?before=``; None: nothing that way."""
    kept = {name: found for name, found in _query(context).items() if name not in filters.PAGING}
    return {
        "next_url": _url(kept | {"after": [str(next)]}) if next is not None else "",
        "previous_url": _url(kept | {"before": [str(previous)]}) if previous is not None else "",
    }


@register.inclusion_tag("web/components/tabs.html")
def tabs(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``{% tabs items %}``: items of ``{label, url, current, count}``."""
    return {"items": items}


# Notices


@register.inclusion_tag("web/components/empty.html")
def empty(title: str, why: str, step: str = "", url: str = "", icon: str = "inbox") -> dict[str, Any]:
    """``{% empty title=... why=... step=... url=... icon= %}``: what would be here, why it is not, the first step."""
    return {"title": title, "why": why, "step": step, "url": url, "icon": icon}


@register.inclusion_tag("web/components/error_panel.html")
def error_panel(what: str, kept: str = "", do: str = "", reference: str = "", level: int = 2) -> dict[str, Any]:
    """``{% error_panel what=... kept=... do=... reference=... %}``; ``level`` 1 where it is the page's own title."""
    return {"what": what, "kept": kept, "do": do, "reference": reference, "level": level}


@register.inclusion_tag("web/components/waiting.html")
def waiting(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """``{% waiting items %}``: what waits for this person; items of ``{text, detail, url, act, icon, urgent}``."""
    return {"items": items}


@register.inclusion_tag("web/components/chain.html")
def chain(before: Sequence[Mapping[str, Any]] = (), after: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """``{% chain before=links after=links %}``: where it comes from, what came of it: ``{kind, text, url, icon}``."""
    return {"before": before, "after": after}


# Charts


@register.inclusion_tag("web/components/chart.html")
def chart(spec: Chart | None = None, size: str = "", **given: Any) -> dict[str, Any]:
    """``{% chart chart %}``, or ``{% chart id=... kind=... %}`` with the fields of ``hueandcry.web.charts.Chart``.

    See ``hueandcry.web.charts``. ``size="short"`` for a low one. The CSV link is drawn where ``csv_url`` is given.
    """
    made = spec or Chart(**given)
    rows = [
        {"name": _row_name(made, row[0]), "cells": list(zip(made.columns[1:], row[1:], strict=True))}
        for row in made.rows
    ]
    names = {"suppressed": _("suppressed"), "unknown": _("not known"), "provisional": _("provisional"), "to": _("to")}
    names |= {"forecast": _("forecast"), "source": _("Source:")}
    return {
        "chart": made,
        "rows": rows,
        "size": size,
        "spec": made.spec() | {"words": names},
        "data_id": f"{made.id}-data",
    }


def _row_name(made: Chart, first: Any) -> str:
    return country_name(first) if made.kind == "map" else str(first)


@register.inclusion_tag("web/components/graph.html", name="graph")
def drawn_graph(made: Graph) -> dict[str, Any]:
    """``{% graph graph %}``: a ``hueandcry.web.graphs.Graph``, drawn, and a table of its nodes, the most tied first."""
    groups = {group.key: group.label for group in made.groups}
    ties = made.ties()
    ordered = sorted(made.nodes, key=lambda node: (-ties[node.id], node.label))
    rows = [{"node": node, "group": groups[node.group], "ties": ties[node.id]} for node in ordered]
    return {"graph": made, "rows": rows, "spec": made.spec(), "data_id": f"{made.id}-data"}


@register.filter
def cell(value: Any) -> str:
    """A cell of a chart's table: its number, or the word for why there is none."""
    if isinstance(value, Withheld):
        return _("suppressed")
    return _("not known") if value is None else number(value)


@register.filter
def is_withheld(value: Any) -> bool:
    """True where a cell shows a word in place of a number."""
    return value is None or isinstance(value, Withheld)


# Forms


@register.inclusion_tag("web/components/field.html")
def field(bound: Any, **attrs: Any) -> dict[str, Any]:
    """``{% field form.email autocomplete="email" %}``: label, control, help and errors of one form field."""
    kind = bound.widget_type
    shape = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}.get(
        kind, "form-control"
    )
    many = kind in ("radioselect", "checkboxselectmultiple")
    written = {name.replace("_", "-"): value for name, value in attrs.items()}
    control = bound.as_widget(attrs=written if many else {"class": shape} | written)
    return {"field": bound, "control": control, "check": kind == "checkbox", "many": many}


@register.inclusion_tag("web/components/form.html")
def form_fields(form: Any) -> dict[str, Any]:
    """``{% form_fields form %}``: every visible field, the hidden ones, and what is wrong with the form as a whole."""
    return {"form": form}


class DropZone(template.Node):
    """The node behind ``dropzone``: what stands inside the tag (handling fields, say) goes into the form."""

    def __init__(self, options: dict[str, FilterExpression], inside: template.NodeList) -> None:
        self.options, self.inside = options, inside

    def render(self, context: Context) -> SafeString:
        """The form, with the words that the script will say."""
        given = {name: option.resolve(context) for name, option in self.options.items()}
        shown = {"id": "drop", "name": "files", "multiple": True, **given}
        shown |= {"inside": self.inside.render(context), "words": drop_words(), "words_id": f"{shown['id']}-words"}
        with context.push(**shown):
            drawn = context.template.engine.get_template("web/components/dropzone.html") if context.template else None
            return mark_safe(drawn.render(context)) if drawn else SafeString()  # noqa: S308  # a template escapes


@register.tag
def dropzone(parser: Parser, token: Token) -> DropZone:
    """``{% dropzone action=url accept=".json" title= hint= id= name= multiple= %}fields{% enddropzone %}``."""
    options = template.base.token_kwargs(token.split_contents()[1:], parser)
    if "action" not in options:
        raise template.TemplateSyntaxError("dropzone needs action=, the URL that takes the file")
    inside = parser.parse(("enddropzone",))
    parser.delete_first_token()
    return DropZone(options, inside)


def drop_words() -> dict[str, str]:
    """What scripts/dropzone.js says, in the reader's language; names in braces are filled in there."""
    return {
        "sending": _("{done} of {total} sent"),
        "reading": _("Sent. Now it is read; you may close this page."),
        "receipt": _("Stored. See the receipt"),
        "lost": _("The connection broke before the file was sent whole."),
        "refused": _("The server would not take the file (status {status})."),
        "signed_out": _("You are no longer signed in."),
        "sign_in": _("Load this page again, sign in, and choose the file once more."),
        "too_large": _("The file is larger than what is taken at once."),
        "in_parts": _("Send it in parts."),
        "kept": _("Nothing of it was kept."),
        "again": _("Send it again; what has arrived already is known and not counted twice."),
        "reference": _("Reference:"),
    }
