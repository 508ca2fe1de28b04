"""House rules of the front end that a reviewer would otherwise have to look for."""

import re
from pathlib import Path

import hueandcry

PACKAGE = Path(hueandcry.__file__).parent
WEB = PACKAGE / "web"
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![\w-])|\b(?:rgba?|hsla?|oklch)\(")


def templates() -> list[Path]:
    return [path for path in PACKAGE.rglob("templates/**/*.html") if path.is_file()]


def test_no_colour_literal_but_in_the_tokens() -> None:
    sources = [*(WEB / "src/styles").glob("*.scss"), *(WEB / "src/scripts").rglob("*.js")]
    found = {path.name for path in sources if COLOUR.search(re.sub(r"#\{", "", path.read_text("utf-8")))}
    assert found == {"_tokens.scss"}


def test_each_variable_used_is_defined() -> None:
    styles = "".join(path.read_text("utf-8") for path in (WEB / "src/styles").glob("*.scss"))
    defined = set(re.findall(r"(--[\w-]+):", styles))
    assert set(re.findall(r"var\((--[\w-]+)\)", styles)) - defined == set()


def test_templates_carry_no_inline_style_script_or_handler() -> None:
    # "one=" is a variable of an include, and no handler is called so.
    wrong = re.compile(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son(?!e=)\w+=|javascript:", re.IGNORECASE)
    assert templates()
    letters = {"letter.html"}  # e-mail has no style sheet to load, and no page of ours shows it
    assert [
        str(path) for path in templates() if path.name not in letters and wrong.search(path.read_text("utf-8"))
    ] == []


def test_templates_load_nothing_from_elsewhere() -> None:
    outside = re.compile(r'(?:src|href|action)="(?:https?:)?//(?!example\.)', re.IGNORECASE)
    assert [str(path) for path in templates() if outside.search(path.read_text("utf-8"))] == []


PRINTED = re.compile(
    r"{% block width %}.*?{% endblock %}|{% comment %}.*?{% endcomment %}|"
    r"{% blocktranslate.*?{% endblocktranslate %}|{#.*?#}|{%.*?%}|{{.*?}}",
    re.DOTALL,
)


def test_words_in_templates_are_translatable() -> None:
    """No letters between tags but what Django prints; the name of the product, keys and an IBAN stay as they are."""
    names = {"Hue", "Cry", "PT", "amp", "j", "k", "doctype", "html"}
    for path in (WEB / "templates").rglob("*.html"):
        text = PRINTED.sub("", path.read_text("utf-8"))
        words = set(re.findall(r"[A-Za-z]+", re.sub(r"<[^>]*>", " ", text)))
        assert words <= names, f"{path.name}: {sorted(words - names)}"
