"""Points make a grade, as worked by hand in the description of the process."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kweek.rules.grades import ENGAGEMENTS, PROFILES, Grades, Points, grades_from


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        # sign-up 10, two downloads 20, opened 3, clicked 5, topic X 1; title 5, company 5, "student" -30
        (Points(profile=5 + 5 - 30, interest=10 + 20 + 3 + 5 + 1), "D2"),
        (Points(profile=5 + 5, interest=39), "B2"),  # without the student
        (Points(profile=10, intent=15, interest=39), "B1"),  # one contact request more
        (Points(), "C4"),
        (Points(profile=20, intent=40), "A1"),
        (Points(profile=19, intent=20, interest=19), "B2"),
        (Points(profile=-1, intent=-50, interest=60), "D3"),
        (Points(profile=9, interest=9), "C4"),
    ],
)
def test_points_make_a_grade(points: Points, grade: str) -> None:
    assert Grades().grade_of(points) == grade


@given(*[st.integers(-100, 100)] * 3, st.integers(0, 50))
def test_more_points_never_make_a_worse_grade(profile: int, intent: int, interest: int, more: int) -> None:
    grades, fewer, many = Grades(), Points(profile, intent, interest), Points(profile + more, intent, interest + more)
    assert PROFILES.index(grades.profile_of(many)) <= PROFILES.index(grades.profile_of(fewer))
    assert ENGAGEMENTS.index(grades.engagement_of(many)) <= ENGAGEMENTS.index(grades.engagement_of(fewer))


def test_the_limits_are_the_workspaces() -> None:
    grades = grades_from({"profile": {"A": "50", "B": "30", "C": "-10"}})
    assert grades == Grades((50, 30, -10), (40, 25, 10))
    assert grades.grade_of(Points(profile=-10)) == "C4"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"profiles": {}}, "“profiles” is not known here; grades has profile and engagement"),
        ({"profile": {"A": "20", "B": "10"}}, "for each of A, B, C"),
        ({"profile": "20"}, "for each of A, B, C"),
        ({"engagement": {"1": "many", "2": "2", "3": "1"}}, "engagement: points are whole numbers"),
        ({"engagement": {"1": "10", "2": "20", "3": "30"}}, "engagement: the limits must fall"),
    ],
)
def test_a_mistake_is_answered(spec: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        grades_from(spec)
