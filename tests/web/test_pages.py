"""The shell, the signed-out shell, the style guide, the error pages and the headers."""

import logging
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from hueandcry.members.viewer import Viewer
from hueandcry.web import errors, middleware, styleguide, views

To = Callable[[str], HttpRequest]


@pytest.fixture
def guide(request_to: To) -> str:
    return views.style_guide(request_to("/style/?class=fraud&country=PT")).content.decode()


def test_the_style_guide_shows_every_component(guide: str) -> None:
    for mark in (
        "figure-value",
        "receipt",
        "hx-get",
        "data-dropzone",
        "filters",
        "chip",
        "aria-sort",
        'rel="next"',
        "tabs",
        "empty",
    ):
        assert mark in guide, mark
    for mark in (
        "trouble",
        "waiting",
        'class="chain"',
        "tlp-red",
        "state-doubt",
        "helptext",
        "errorlist",
        "data-list",
        "<progress",
    ):
        assert mark in guide, mark
    assert guide.count("data-chart=") == len(styleguide.sample()["charts"]) + 1 == 7  # and a graph


def test_no_tag_is_left_open_and_no_id_stands_twice(guide: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', guide)
    assert sorted(set(ids)) == sorted(ids)
    for tag in ("div", "section", "details", "table", "form", "ul", "figure", "main", "nav"):
        assert len(re.findall(rf"<{tag}[\s>]", guide)) == guide.count(f"</{tag}>"), tag


def test_the_shell_has_what_each_page_needs(guide: str) -> None:
    assert '<a class="skip" href="#main">' in guide
    assert re.search(r'<form class="search" role="search" action="/search/" method="get">.*?name="q"', guide, re.DOTALL)
    assert guide.count("<h1>") == 1
    assert '<html lang="en' in guide
    assert re.search(r'<a href="#exchange" aria-current="page">', guide)


def test_the_theme_is_set_before_the_first_paint(guide: str) -> None:
    assert guide.index("dist/theme.js") < guide.index("dist/app.css")
    assert not re.search(r"<script[^>]*(defer|async|module)[^>]*dist/theme\.js", guide)


def test_without_desks_there_is_still_a_way_home(request_to: To) -> None:
    page = render_to_string("web/base.html", {"desks": []}, request_to("/"))
    assert re.search(r'<li><a href="/">.*?Home', page)


def test_the_signed_in_see_who_they_are_and_can_sign_out(request_to: To) -> None:
    request = request_to("/")
    request.user = SimpleNamespace(is_authenticated=True, name="Ana Exemplo", roles=[])  # type: ignore[assignment]
    request.viewer = Viewer(person=1)  # type: ignore[attr-defined]
    page = render_to_string(
        "web/base.html",
        {
            "organisation": SimpleNamespace(name="Example <Bank>", country="PT"),
            "bell": {"url": "/notices/", "unread": 7, "more": False},
        },
        request,
    )
    assert re.search(r'href="/notices/".*?>7<', page, re.DOTALL)
    assert "Ana Exemplo" in page
    assert "Example &lt;Bank&gt;, Portugal" in page
    assert "Sign out" in page


@pytest.mark.parametrize(
    ("view", "status", "said"),
    [
        (errors.unreadable, 400, "We could not read that request"),
        (errors.closed, 403, "This is not open to you"),
        (errors.absent, 404, "There is nothing here that you may see"),
    ],
)
def test_error_pages_say_what_happened_what_was_kept_and_what_to_do(
    request_to: To, view: Callable[..., HttpResponse], status: int, said: str
) -> None:
    answer = view(request_to("/x/"), ValueError("secret detail"))
    page = answer.content.decode()
    assert answer.status_code == status
    for words in (f"<h1>{said}</h1>", "What was kept", "What you can do"):
        assert words in page
    assert "secret detail" not in page


def test_a_mistake_of_ours_gives_a_reference_that_is_in_the_log(
    request_to: To, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        page = errors.broken(request_to("/somewhere/")).content.decode()
    found = re.search(r'<code class="value">([0-9a-f]{8})</code>', page)
    assert found
    assert f"reference {found[1]}" in caplog.text
    assert "/somewhere/" in caplog.text
    assert "/somewhere/" not in page


def test_a_stale_form_says_that_nothing_typed_is_lost(request_to: To) -> None:
    answer = errors.stale_form(request_to("/x/"), reason="no cookie")
    assert answer.status_code == 403
    assert "still in the form" in answer.content.decode()


def test_absent_and_hidden_look_the_same(request_to: To) -> None:
    first, second = (
        errors.absent(request_to("/x/"), ValueError(why)).content for why in ("no such row", "not for you")
    )
    assert first == second


def test_every_answer_carries_a_policy_that_allows_nothing_inline(request_to: To) -> None:
    answer = middleware.security_headers(lambda _: HttpResponse())(request_to("/"))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_view_may_set_its_own_policy(request_to: To) -> None:
    answer = middleware.security_headers(lambda _: HttpResponse(headers={"Content-Security-Policy": "sandbox"}))(
        request_to("/")
    )
    assert answer.headers["Content-Security-Policy"] == "sandbox"


def test_robots_stay_out(request_to: To) -> None:
    said = views.robots(request_to("/robots.txt")).content.decode()
    assert said.endswith("Disallow: /\n") and said.count("Allow: /picture/") == 2, "what is published alone"
