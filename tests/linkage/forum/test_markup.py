"""What somebody wrote, as HTML: the few marks that mean something, and nothing of a writer's own HTML."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.forum.markup import to_html

REF = "12345678-1234-4234-8234-123456789abc"
ALLOWED = {"p", "br", "blockquote", "ul", "ol", "li", "pre", "code", "strong", "em", "a"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("> said\n> so\nno", "<blockquote><p>said<br>so</p></blockquote><p>no</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("```\nx <y>\n- z\n```\nafter", "<pre><code>x &lt;y&gt;\n- z</code></pre><p>after</p>"),
        ("a `b*c*` **d** *e* f*g*h", "<p>a <code>b*c*</code> <strong>d</strong> <em>e</em> f*g*h</p>"),
        (f"see /operations/{REF}/ now", f'<p>see <a href="/operations/{REF}/">/operations/{REF}/</a> now</p>'),
        (f"https://h.example/forum/{REF}/?a=1", f'<p><a href="/forum/{REF}/">/forum/{REF}/</a>?a=1</p>'),
        ("http://evil.example/x?a=1&b", '<p><code class="value">http://evil.example/x?a=1&amp;b</code></p>'),
        (f"https://h.example.evil.example/forum/{REF}/", f'<p><code class="value">https://h.example.evil.example/forum/{REF}/</code></p>'),
        (f"//evil.example/forum/{REF}/", f"<p>//evil.example/forum/{REF}/</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("javascript://x%0aalert(1)", '<p><code class="value">javascript://x%0aalert(1)</code></p>'),
        ("[x](javascript:alert(1)) <img src=x onerror=alert(1)>",
         "<p>[x](javascript:alert(1)) &lt;img src=x onerror=alert(1)&gt;</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_becomes_of_it(text: str, html: str) -> None:
    assert to_html(text, site="https://h.example") == html


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


PIECES = st.sampled_from(
    ["<script>", "</p>", "`", "**", "*", "> ", "- ", "\n", "```", "&lt;", '"', "'", "http://", "javascript:", " on",
     "=", REF, "/forum/", "/", "<", ">", "a", "@b", "\u202e", "]]>", "<!--"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=300))
def test_no_html_of_a_writer_comes_through(text: str) -> None:
    tags = _Tags()
    tags.feed(to_html(text, site="https://h.example"))
    for tag, attrs in tags.seen:
        assert tag in ALLOWED
        for name, value in attrs:
            assert (tag, name, value) == ("code", "class", "value") or (
                (tag, name) == ("a", "href")
                and re.fullmatch(r"/(?:reports|crimes|operations|rooms|forum)/[0-9a-f-]{36}/", value or "")
            )


@pytest.mark.parametrize("piece", ["*", "**a", "`", "> ", "- ", "http://", "*a ", "```\n", "/forum/", ">" * 50, "**"])
def test_a_hostile_length_takes_no_hostile_time(piece: str) -> None:
    text = (piece * 50_000)[:50_000]
    began = time.perf_counter()
    to_html(text, site="https://h.example")
    assert time.perf_counter() - began < 3
