"""Filters live in the URL, show as chips, and each chip takes itself away."""

from hueandcry.web.filters import Filter, Option, chips, next_order, values

CLASS = Filter("class", "Class", options=[Option("fraud", "Fraud", 3), Option("malware", "Malware")])
WORDS = Filter("words", "Words", "text")


def test_a_chip_says_its_label_and_leaves_the_rest_but_the_page() -> None:
    query = {"class": ["fraud", "malware"], "words": ["wallet"], "after": ["k"], "sort": ["-received"]}
    made = chips([WORDS, CLASS], query)
    assert [(chip.label, chip.said) for chip in made] == [("Words", "wallet"), ("Class", "Fraud"), ("Class", "Malware")]
    assert made[1].without == {"class": ["malware"], "words": ["wallet"], "sort": ["-received"]}
    assert made[0].without == {"class": ["fraud", "malware"], "sort": ["-received"]}


def test_blank_fields_of_a_form_are_no_filter() -> None:
    assert values({"words": ["", "  "]}, "words") == []
    assert chips([WORDS], {"words": [""]}) == []


def test_a_value_nobody_declared_is_still_shown_so_that_it_can_be_taken_away() -> None:
    assert chips([CLASS], {"class": ["odd"]})[0].said == "odd"


def test_a_header_turns_its_own_order_round_and_starts_as_told() -> None:
    assert next_order("", "n") == "n"
    assert next_order("n", "n") == "-n"
    assert next_order("-n", "n") == "n"
    assert next_order("title", "n", "down") == "-n"
