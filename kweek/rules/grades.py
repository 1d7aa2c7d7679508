"""How good is a lead? Points become a profile A–D, an engagement 1–4 and the grade “B2”."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from msgspec import Struct

Profile = Literal["A", "B", "C", "D"]
Engagement = Literal[1, 2, 3, 4]
Axis = Literal["profile", "intent", "interest"]

PROFILES: Final[tuple[Profile, ...]] = ("A", "B", "C", "D")
ENGAGEMENTS: Final[tuple[Engagement, ...]] = (1, 2, 3, 4)


class Points(Struct, frozen=True):
    """The three sums of a lead's points."""

    profile: int = 0
    intent: int = 0
    interest: int = 0

    def __add__(self, other: Points) -> Points:
        return Points(self.profile + other.profile, self.intent + other.intent, self.interest + other.interest)

    def plus(self, axis: Axis, more: int) -> Points:
        match axis:
            case "profile":
                return Points(self.profile + more, self.intent, self.interest)
            case "intent":
                return Points(self.profile, self.intent + more, self.interest)
            case "interest":
                return Points(self.profile, self.intent, self.interest + more)


@dataclass(frozen=True, slots=True)
class Grades:
    """From how many points on: three falling limits for A B C and for 1 2 3; below the last it is D, and 4."""

    profile: tuple[int, int, int] = (20, 10, 0)
    engagement: tuple[int, int, int] = (40, 25, 10)

    def __post_init__(self) -> None:
        for name, grades, limits in (("profile", "ABC", self.profile), ("engagement", "123", self.engagement)):
            if sorted(set(limits), reverse=True) != list(limits):
                said = ", ".join(map(str, limits))
                better = sorted(set(limits), reverse=True) if len(set(limits)) == len(limits) else (30, 20, 10)
                fix = ", ".join(f"{grade}: {limit}" for grade, limit in zip(grades, better, strict=True))
                raise ValueError(f"{name}: the limits must fall, the best first, and {said} do not; write {fix}")

    def profile_of(self, points: Points) -> Profile:
        return PROFILES[_place(points.profile, self.profile)]

    def engagement_of(self, points: Points) -> Engagement:
        """Intent and interest together."""
        return ENGAGEMENTS[_place(points.intent + points.interest, self.engagement)]

    def grade_of(self, points: Points) -> str:
        """“A1” to “D4”."""
        return f"{self.profile_of(points)}{self.engagement_of(points)}"


def grades_from(spec: Mapping[str, object]) -> Grades:
    """`grades:` of rules/scoring.yaml: `{profile: {A: 20, B: 10, C: 0}, engagement: {1: 40, 2: 25, 3: 10}}`.

    Every scalar is text; what is left out keeps its default. ValueError says what is wrong.
    """
    for key in spec:
        if key not in ("profile", "engagement"):
            raise ValueError(f"“{key}” is not known here; grades has profile and engagement")
    standard = Grades()
    return Grades(
        _limits(spec.get("profile"), "profile", "ABC", standard.profile),
        _limits(spec.get("engagement"), "engagement", "123", standard.engagement),
    )


def _place(points: int, limits: tuple[int, ...]) -> int:
    for place, limit in enumerate(limits):
        if points >= limit:
            return place
    return len(limits)


def _limits(value: object, name: str, keys: str, default: tuple[int, int, int]) -> tuple[int, int, int]:
    if value is None:
        return default
    written = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else dict[str, object]()
    if set(written) != set(keys):
        raise ValueError(f"{name}: write from how many points on for each of {', '.join(keys)}; below the last is left")
    try:
        first, second, third = (int(str(written[key])) for key in keys)
    except ValueError:
        raise ValueError(f"{name}: points are whole numbers") from None
    return first, second, third
