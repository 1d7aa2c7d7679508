"""How is a lead's state stored? As JSON, in which what equals its default is left out: a lead that waits for months
should not weigh much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from kweek.flow.state import Ended, Enrolment, Event, LeadState, Token, Value


def dump_state(state: LeadState) -> dict[str, object]:
    """All but the enrolments, which have rows of their own."""
    return _slim(
        lead=state.lead,
        born=state.born,
        handover=state.handover,
        resting=list(state.resting),
        moves=[at.isoformat() for at in state.moves],
        seen=state.seen,
        discarded=state.discarded,
        unsettled=state.unsettled,
    )


def load_state(dumped: Mapping[str, Any], enrolments: Iterable[Enrolment] = ()) -> LeadState:
    return LeadState(
        lead=dumped["lead"],
        born=dumped.get("born", 0),
        enrolments=tuple(enrolments),
        handover=dumped.get("handover"),
        resting=tuple(dumped.get("resting", ())),
        moves=tuple(datetime.fromisoformat(at) for at in dumped.get("moves", ())),
        seen=dumped.get("seen", 0),
        discarded=dumped.get("discarded", False),
        unsettled=dumped.get("unsettled", False),
    )


def dump_enrolment(enrolment: Enrolment) -> dict[str, object]:
    e = enrolment
    return _slim(
        id=e.id,
        flow=e.flow,
        version=e.version,
        started_at=e.started_at.isoformat(),
        since=e.since,
        token=e.token and _dump_token(e.token),
        per=e.per,
        start_data=_dump_data(e.start_data),
        n=e.n,
        visits=dict(e.visits),
        went=dict(e.went),
        goal_fired=e.goal_fired,
        withdrawn=dict(e.withdrawn),
        deferred=[dump_event(event) for event in e.deferred],
        unsent=list(e.unsent),
        cause=e.cause,
        hops=e.hops,
        ended=e.ended and _slim(result=e.ended.result, because=e.ended.because, at=e.ended.at.isoformat()),
        stood=e.stood and _dump_token(e.stood),
    )


def load_enrolment(dumped: Mapping[str, Any]) -> Enrolment:
    token, ended, stood = dumped.get("token"), dumped.get("ended"), dumped.get("stood")
    return Enrolment(
        id=dumped["id"],
        flow=dumped["flow"],
        version=dumped["version"],
        started_at=datetime.fromisoformat(dumped["started_at"]),
        since=dumped.get("since", 0),
        token=_load_token(token) if token else None,
        per=dumped.get("per"),
        start_data=_load_data(dumped.get("start_data", {})),
        n=dumped.get("n", 0),
        visits=dict(dumped.get("visits", {})),
        went=dict(dumped.get("went", {})),
        goal_fired=dumped.get("goal_fired", False),
        withdrawn=dict(dumped.get("withdrawn", {})),
        deferred=tuple(load_event(event) for event in dumped.get("deferred", ())),
        unsent=tuple(dumped.get("unsent", ())),
        cause=dumped.get("cause"),
        hops=dumped.get("hops", 0),
        ended=Ended(ended["result"], ended.get("because"), datetime.fromisoformat(ended["at"])) if ended else None,
        stood=_load_token(stood) if stood else None,
    )


def dump_event(event: Event) -> dict[str, object]:
    data = _dump_data(event.data)
    return _slim(seq=event.seq, kind=event.kind, at=event.at.isoformat(), ref=event.ref, data=data)


def load_event(dumped: Mapping[str, Any]) -> Event:
    at = datetime.fromisoformat(dumped["at"])
    return Event(dumped["seq"], dumped["kind"], at, dumped.get("ref"), _load_data(dumped.get("data", {})))


def _dump_token(token: Token) -> dict[str, object]:
    return _slim(
        step=token.step,
        visit=token.visit,
        entered_at=token.entered_at.isoformat(),
        ref=token.ref,
        deadline=token.deadline and token.deadline.isoformat(),
        held_since=token.held_since and token.held_since.isoformat(),
        taken=token.taken,
        rungs=[at and at.isoformat() for at in token.rungs],
        call_back=token.call_back and token.call_back.isoformat(),
        attempts=token.attempts,
        asks=token.asks,
    )


def _load_token(dumped: Mapping[str, Any]) -> Token:
    return Token(
        step=dumped["step"],
        visit=dumped.get("visit", 0),
        entered_at=datetime.fromisoformat(dumped["entered_at"]),
        ref=dumped.get("ref"),
        deadline=_moment(dumped.get("deadline")),
        held_since=_moment(dumped.get("held_since")),
        taken=dumped.get("taken", False),
        rungs=tuple(_moment(at) for at in dumped.get("rungs", ())),
        call_back=_moment(dumped.get("call_back")),
        attempts=dumped.get("attempts", 0),
        asks=dumped.get("asks"),
    )


def _dump_data(data: Mapping[str, Value]) -> dict[str, object]:
    """JSON has no dates: they become {"moment": …} and {"date": …}."""
    return {name: _dump_value(value) for name, value in data.items()}


def _dump_value(value: Value) -> object:
    match value:
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


def _load_data(data: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _load_value(value) for name, value in data.items()}


def _load_value(value: Any) -> Value:
    match value:
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case _:
            return value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _slim(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, False, 0, [], {})}
