"""Each template tag: what it says, what it leaves out, that it escapes what it is given."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.template import TemplateSyntaxError
from django.utils import timezone, translation

from hueandcry.web.charts import SUPPRESSED, Chart, Column
from hueandcry.web.filters import Filter, Option

Draw = Callable[..., str]
EVIL = "<b>&\"'"


@pytest.mark.parametrize(
    "tag",
    ["{% state evil %}", "{% country evil %}", "{% empty evil evil evil %}", "{% error_panel evil evil evil evil %}"],
)
def test_what_is_given_is_escaped(draw: Draw, tag: str) -> None:
    assert "<b>" not in draw(tag, evil=EVIL)


def test_tlp_stands_as_first_writes_it(draw: Draw) -> None:
    assert '<span class="tlp tlp-amber"' in draw('{% tlp "AMBER+STRICT" %}')
    assert ">TLP:AMBER+STRICT</span>" in draw('{% tlp "AMBER+STRICT" %}')


def test_country_with_name_in_the_readers_language(draw: Draw) -> None:
    assert 'Portugal <span class="code">PT</span>' in draw('{% country "PT" %}')
    with translation.override("de"):
        assert "Neuseeland" in draw("{{ code|country_name }}", code="NZ")
    assert "not known" in draw('{% country "" %}')


def test_numbers_money_and_intervals(draw: Draw) -> None:
    assert draw("{{ 14310|number }}") == "14310".replace("14", "14\u202f")
    assert draw("{{ nothing|number }}", nothing=None) == "–"
    assert "48\u202f200 EUR" in draw('{% money 48200 "EUR" %}')
    assert draw("{% interval 8900 9300 %}") == "8\u202f900 to 9\u202f300"


def test_times_carry_their_zone(draw: Draw) -> None:
    when = datetime(2025, 3, 3, 14, 2, 9, tzinfo=UTC)
    with timezone.override("Europe/Lisbon"):
        assert ">3 March 2025, 14:02 WET</time>" in draw("{% stamp when %}", when=when)
    assert ">3 March 2025, 14:02:09 UTC</time>" in draw("{% stamp when seconds=True %}", when=when)
    assert draw("{% day when %}", when=date(2025, 3, 3)) == '<time datetime="2025-03-03">3 March 2025</time>'
    assert "not known" in draw("{% stamp when %}", when=None)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(hours=5, minutes=1), "5 hours ago"),
        (timedelta(days=3, minutes=1), "3 days ago"),
    ],
)
def test_ago(draw: Draw, passed: timedelta, said: str) -> None:
    assert f">{said}</time>" in draw("{% ago when %}", when=timezone.now() - passed)


def test_ago_names_the_day_where_it_is_long_past_or_still_to_come(draw: Draw) -> None:
    for when in (timezone.now() - timedelta(days=31), timezone.now() + timedelta(days=2)):
        assert "ago" not in draw("{% ago when %}", when=when)


def test_figure_stands_with_interval_change_and_method(draw: Draw) -> None:
    made = draw('{% figure label="Distinct" value=9120 low=8900 high=9300 change=4.2 better="down" method="Counted" %}')
    assert "8\u202f900 to 9\u202f300" in made
    assert '<span class="worse">' in made
    assert "+4.2" in made
    assert "Counted" in made


def test_figure_that_is_a_word_is_not_dressed_as_a_number(draw: Draw) -> None:
    made = draw('{% figure label="Estimated" value="too few lists" %}')
    assert '<div class="figure-word">too few lists</div>' in made
    assert "figure-line" not in made
    assert "How this was made" not in made


def test_receipt_adds_up_and_its_segments_fill_the_bar(draw: Draw) -> None:
    made = draw("{% receipt_bar stored=150 known=30 refused=20 %}")
    assert "<strong>200</strong> objects read" in made
    assert 'x="0.000" width="75.000"' in made
    assert 'x="75.000" width="15.000"' in made
    assert 'x="90.000" width="10.000"' in made


def test_receipt_of_an_empty_file_draws_no_segment(draw: Draw) -> None:
    assert 'class="stored"' not in draw("{% receipt_bar stored=0 known=0 refused=0 %}")


def test_progress_asks_again_until_it_is_finished(draw: Draw) -> None:
    running = draw('{% progress id="j" url="/j/" done=1200 total=3000 label="Reading" %}')
    assert 'hx-get="/j/" hx-trigger="every 2s"' in running
    assert 'max="3000" value="1200"' in running
    assert "safe to close" in running
    done = draw('{% progress id="j" url="/j/" done=3000 total=3000 label="Reading" finished=True then="/r/" %}')
    assert "hx-get" not in done
    assert 'href="/r/"' in done
    assert "value=" not in draw('{% progress id="j" url="/j/" done=7 total=None label="Reading" %}')


def test_query_with_sets_and_takes_away(draw: Draw) -> None:
    assert (
        draw('{% query_with sort="x" after=None %}', url="/?after=k&class=a&class=b")
        == "?class=a&amp;class=b&amp;sort=x"
    )


def test_sort_header_keeps_filters_and_leaves_the_page(draw: Draw) -> None:
    made = draw('{% sort_header "n" "Linked" num=True %}', url="/?class=a&after=k&sort=n")
    assert 'href="?class=a&amp;sort=-n"' in made
    assert 'aria-sort="ascending"' in made
    assert "aria-sort" not in draw('{% sort_header "n" "Linked" %}', url="/?sort=title")
    assert 'aria-sort="descending"' in draw('{% sort_header "n" "Linked" default="-n" %}')


def test_pages_walk_by_key(draw: Draw) -> None:
    made = draw('{% pages next="a9" previous=None %}', url="/?class=a&before=z")
    assert 'rel="next" href="?class=a&amp;after=a9"' in made
    assert 'rel="prev"' not in made
    assert draw("{% pages %}") == ""


def test_filters_are_a_form_that_remembers(draw: Draw) -> None:
    filters = [
        Filter("class", "Class", options=[Option("a", "Alpha", 1200), Option("b", "Beta")]),
        Filter("q", "Words", "text"),
    ]
    made = draw(
        "{% filter_panel filters %}{% filter_chips filters %}", url="/?class=a&q=x%22y&sort=-n", filters=filters
    )
    assert 'name="class" value="a" checked' in made
    assert 'value="b" checked' not in made
    assert 'value="x&quot;y"' in made
    assert '<input type="hidden" name="sort" value="-n">' in made
    assert 'class="chip" href="?q=x%22y&amp;sort=-n"' in made
    assert "1\u202f200" in made


def test_chart_is_a_table_first_and_its_data_cannot_break_out(draw: Draw) -> None:
    columns = [Column("country", "Country", "country"), Column("n", "Reports")]
    rows: list[list[Any]] = [["PT", 1320], ["EE", SUPPRESSED], ["FR", None]]
    made = draw(
        "{% chart that %}",
        that=Chart("c", "map", "By country", "reports", columns, rows, "</script>", "How", csv_url="/c.csv"),
    )
    assert '<th scope="row">Portugal</th><td class="num">1\u202f320</td>' in made
    assert '<td class="num withheld">suppressed</td>' in made
    assert '<td class="num withheld">not known</td>' in made
    assert 'data-chart="c-data"' in made
    assert '<script id="c-data" type="application/json">' in made
    assert made.count("</script>") == 1
    assert 'href="/c.csv"' in made
    assert "too few to show" in made


def test_chart_can_be_given_in_place(draw: Draw) -> None:
    columns = [Column("q", "Quarter", "category"), Column("n", "Reports")]
    made = draw(
        '{% chart id="x" kind="bars" title="T" unit="u" columns=columns rows=rows source="s" method="m" %}',
        columns=columns,
        rows=[["Q1", 2]],
    )
    assert 'id="x"' in made
    assert "Download CSV" not in made


def test_drop_zone_is_a_plain_form_with_what_stands_inside(draw: Draw) -> None:
    made = draw(
        '{% dropzone action="/receive/" accept=".json" %}<p>{{ inside_word }}</p>{% enddropzone %}',
        inside_word="<handling>",
    )
    assert (
        'method="post" action="/receive/" enctype="multipart/form-data" data-dropzone data-words="drop-words"' in made
    )
    assert "csrfmiddlewaretoken" in made
    assert "<p>&lt;handling&gt;</p>" in made
    assert 'accept=".json"' in made
    assert '<script id="drop-words" type="application/json">' in made


def test_drop_zone_needs_to_know_where_to(draw: Draw) -> None:
    with pytest.raises(TemplateSyntaxError, match="action="):
        draw("{% dropzone %}{% enddropzone %}")
