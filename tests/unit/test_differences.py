"""What a form says otherwise is read back from the books as it was said."""

from __future__ import annotations

import pytest

from kweek.intake.differences import Difference, in_words, read_back


@pytest.mark.parametrize(
    "differs",
    [
        {"job_title": ("CFO", "CEO")},
        {"first_name": ("Hacked", "Ann"), "company.size": (12, None), "bant.budget": ("none", "planned")},
        {"remark": ("first\nsecond; third", "“so” (it is)")},
    ],
)
def test_what_is_written_is_read_back(differs: dict[str, tuple[object, object]]) -> None:
    assert list(read_back(in_words(differs))) == [
        Difference(name, str(said), None if known is None else str(known)) for name, (said, known) in differs.items()
    ]


@pytest.mark.parametrize("cut", [10, 60, 90])
def test_what_was_cut_off_is_not_guessed_at(cut: int) -> None:
    assert read_back(in_words({"job_title": ("CFO " * 20, "CEO")})[:cut]) == ()
