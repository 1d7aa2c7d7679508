"""A name that turns texts around stays in its own place."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from kweek.web.direction import PageTongue, calm, isolated

OVER, ISOLATE, POP = "\u202e", "\u2068", "\u2069"
ARABIC = "\u0639\u0644\u064a"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ann", "Ann"),
        ("José", "José"),
        (f"{OVER}Ann", "Ann"),
        (f"{POP}{OVER}Ann", "Ann"),
        (f"{ISOLATE}{ARABIC}{POP}", f"{ISOLATE}{ARABIC}{POP}"),
        (f"{ISOLATE}{ARABIC}", ARABIC),
        (3, 3),
        (Markup(OVER), Markup(OVER)),
    ],
    ids=["plain", "letters", "override", "broken out", "shut in", "left open", "a number", "what we wrote"],
)
def test_what_would_turn_the_rest_of_a_page_is_left_out(typed: object, shown: object) -> None:
    assert calm(typed) == shown


def test_a_name_from_right_to_left_is_shut_in_within_a_sentence() -> None:
    assert (isolated(ARABIC), isolated(f"{POP}José")) == (f"{ISOLATE}{ARABIC}{POP}", "José")
    assert PageTongue("en")("past.by", name=ARABIC) == f"by {ISOLATE}{ARABIC}{POP}"
