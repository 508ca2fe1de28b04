"""Templates drawn as the program draws them, without a database."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

Draw = Callable[..., str]


@pytest.fixture
def request_to() -> Callable[[str], HttpRequest]:
    """A request of somebody who is not signed in."""
    return RequestFactory().get


@pytest.fixture
def draw(request_to: Callable[[str], HttpRequest]) -> Draw:
    """``draw('{% tlp "RED" %}', url="/?sort=x", name=value)``: the markup, blanks between tags made one."""

    def drawn(source: str, url: str = "/", **context: Any) -> str:
        template = engines["django"].from_string("{% load hueandcry %}" + source)
        return re.sub(r"[ \n]+", " ", template.render(context, request_to(url))).strip()

    return drawn
