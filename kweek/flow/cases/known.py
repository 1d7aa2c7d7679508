"""Who is the lead of whom this is known? Answers to conditions, as a case gives them: the lead, the start's data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kweek.flow.cases.case import LeadGiven
from kweek.flow.cases.solve import Answer
from kweek.flow.facts import Fact
from kweek.flow.state import Value

_AXES: Final = ("profile", "intent", "interest")


def lead_of(answer: Answer, consent: bool = True) -> LeadGiven:
    """Grades and points are given as such, tags as tags, all else as fields."""
    fields, tags, points = dict[str, Fact](), list[str](), dict[str, int]()
    profile, engagement = answer.get("lead.profile"), answer.get("lead.engagement")
    if isinstance(grade := answer.get("lead.grade"), str):
        profile, engagement = grade[0], int(grade[1:])
    for path, value in answer.items():
        if path.startswith("tagged("):
            tags.append(path[7:-1])
        elif path.startswith("lead.score."):
            points[path.removeprefix("lead.score.")] = int(str(value))
        elif path not in ("lead.profile", "lead.engagement", "lead.grade") and not path.startswith(_ELSEWHERE):
            fields[path] = value
    return LeadGiven(
        fields=fields,
        tags=tuple(tags),
        profile=str(profile) if profile is not None else None,
        engagement=int(str(engagement)) if engagement is not None else None,
        points={axis: points[axis] for axis in _AXES if axis in points},
        consent=consent,
    )


_ELSEWHERE: Final = ("event.", "handover.")


def start_data(answer: Answer) -> Mapping[str, Value]:
    """What the start event says."""
    told = {path.removeprefix("event."): value for path, value in answer.items() if path.startswith("event.")}
    return {name: value for name, value in told.items() if not isinstance(value, tuple)}
