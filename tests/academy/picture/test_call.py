"""Which training a country calls for."""

from __future__ import annotations

from hueandcry.academy.picture import call
from hueandcry.academy.picture.call import Line, lines


def test_states_and_their_order() -> None:
    stages = {"KE": {"4.3.a": 1, "4.3.b": 2}, "GH": {"4.3.a": 1}, "PT": {"4.3.a": 4}, "MZ": {"4.3.a": None}}
    made = lines(stages, {("", "4.3.a"): 3, ("GH", "4.3.a"): 2}, {"KE": 0.9, "GH": 0.2, "MZ": None},
                 {("KE", "4.3.a"): 6, ("DE", "4.3.a"): 7})  # fmt: skip
    assert [(each.country, each.aspect, each.state) for each in made] == [
        ("GH", "4.3.a", call.CALLED_FOR),
        ("KE", "4.3.a", call.SOME),
        ("KE", "4.3.b", call.UNKNOWN),  # nobody aims at anything
        ("DE", "4.3.a", call.UNKNOWN),  # people, and no stage
        ("PT", "4.3.a", call.ENOUGH),
    ]
    assert made[0] == Line("GH", "4.3.a", 1, 2, 0.2, None)


def test_roles_serve_police_unless_they_are_of_justice() -> None:
    assert [call.aspect_of(role) for role in ("CCI", "FRE", "PRO", "JUD")] == ["4.3.a", "4.3.a", "4.3.b", "4.3.c"]
