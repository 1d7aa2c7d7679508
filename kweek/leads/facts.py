"""What do conditions see of a lead? Its rows, read when they are asked for, inside the turn's own transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, TypeVar, cast

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from kweek.flow.conditions.schema import FieldType
from kweek.flow.facts import Fact
from kweek.leads.enrolments import lead_row
from kweek.leads.tables import answers, bant, campaigns, companies, events, mails, tags
from kweek.leads.topics import topic_of
from kweek.rules.grades import Grades, Points
from kweek.rules.personas import Persona, persona_of
from kweek.rules.qualification import SalesReady

TOUCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "opened": ("opened", "clicked", "answered"),
    "clicked": ("clicked", "answered"),
    "answered": ("answered",),
}
"""State of a mail → the events that show it: who answered has clicked, and who clicked has opened."""

_OWN: Final = frozenset((
    "email", "name", "first_name", "last_name", "phone", "job_title", "language", "country", "timezone", "stage",
    "owner",
))  # fmt: skip
_COMPANYS: Final = ("name", "country", "legal_form", "sector", "size")
_CLOSES_HANDOVER: Final = ("rejected", "later", "won", "lost")


def _of(kind: str = "kind") -> Select[Any]:
    return select(events.c.seq).where(events.c.lead_id == bindparam("lead"), events.c.kind == bindparam(kind))


_COUNT: Final = select(func.count()).select_from(_of().subquery())
_COUNT_SINCE: Final = select(func.count()).select_from(_of().where(events.c.at >= bindparam("since")).subquery())
_LAST: Final = select(func.max(events.c.at)).where(
    events.c.lead_id == bindparam("lead"), events.c.kind == bindparam("kind")
)
_HANDOVER: Final = (
    select(events)
    .where(events.c.lead_id == bindparam("lead"), events.c.kind.in_(_CLOSES_HANDOVER))
    .order_by(events.c.at.desc(), events.c.seq.desc())
    .limit(1)
)
_ABOUT_MAIL: Final = (
    select(events.c.kind, events.c.data)
    .join(mails, mails.c.key == events.c.ref)
    .where(
        events.c.lead_id == bindparam("lead"),
        mails.c.mail == bindparam("mail"),
        events.c.kind.in_(TOUCHED["opened"]),
    )
)
_COMPANY: Final = select(companies).where(companies.c.id == bindparam("company"))
_CHANNEL: Final = select(campaigns.c.channel).where(campaigns.c.id == bindparam("campaign"))
_TAGS: Final = select(tags.c.tag).where(tags.c.lead_id == bindparam("lead"))
_BANT: Final = select(bant.c.value, bant.c.expires_at).where(
    bant.c.lead_id == bindparam("lead"), bant.c.fact == bindparam("fact")
)
_ANSWER: Final = select(answers.c.value).where(
    answers.c.lead_id == bindparam("lead"),
    answers.c.survey == bindparam("survey"),
    answers.c.question == bindparam("question"),
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rules:
    """What of the workspace facts depend on. types: what fields hold, by dotted path (`Names.schema().fields`)."""

    grades: Grades = field(default_factory=Grades)
    sales_ready: SalesReady = field(default_factory=SalesReady)
    types: Mapping[str, FieldType] = field(default_factory=dict[str, FieldType])
    personas: tuple[Persona, ...] = ()


def facts_of(tx: Connection, lead_id: str, now: datetime, rules: Rules) -> RowFacts:
    """Of this lead as it is now, where nothing happens to it."""
    return RowFacts(tx, lead_row(tx, lead_id), now, {}, rules, {})


class RowFacts:
    """One lead, at one moment. row: of `leads`. data: what `event.…` means. remembered: what was read already, shared
    by all facts of one advance, so that the same question has the same answer within it."""

    def __init__(
        self,
        tx: Connection,
        row: Row[Any],
        now: datetime,
        data: Mapping[str, Any],
        rules: Rules,
        remembered: dict[object, Any],
    ) -> None:
        self.now = now
        self._tx, self._row, self._data, self._rules, self._remembered = tx, row, data, rules, remembered

    # --- Facts --------------------------------------------------------------------------------------

    def field(self, path: str) -> Fact | None:
        root, _, name = path.partition(".")
        match root:
            case "event":
                return self._typed(path, self._data.get(name))
            case "lead":
                return self._of_lead(path, name)
            case "company":
                return self._of_company(path, name)
            case "bant":
                return self._typed(path, self._once(path, lambda: self._bant(name)))
            case "survey":
                survey, _, question = name.rpartition(".")
                return self._typed(path, self._once(path, lambda: self._answer(survey, question)))
            case "campaign":
                return self._of_campaign(name)
            case "handover":
                return self._typed(path, self._once("handover", self._handover).get(name))
            case _:
                return None

    def count(self, event: str, period: timedelta | None) -> int:
        def ask() -> int:
            asked = {"lead": self._row.id, "kind": event}
            if period is None:
                return self._tx.execute(_COUNT, asked).scalar_one()
            since = (self.now - period).astimezone(UTC)
            return self._tx.execute(_COUNT_SINCE, {**asked, "since": since}).scalar_one()

        return self._once(("count", event, period), ask)

    def last(self, event: str) -> datetime | None:
        asked = {"lead": self._row.id, "kind": event}
        return self._once(("last", event), lambda: self._tx.execute(_LAST, asked).scalar_one())

    def opened(self, mail: str) -> bool:
        return any(kind in TOUCHED["opened"] for kind, _ in self._hits(mail))

    def clicked(self, mail: str, link: str | None) -> bool:
        if link is None:
            return any(kind in TOUCHED["clicked"] for kind, _ in self._hits(mail))
        return ("clicked", link) in self._hits(mail)

    def tagged(self, tag: str) -> bool:
        return tag in self._once("tags", lambda: set(self._tx.execute(_TAGS, {"lead": self._row.id}).scalars()))

    # --- from rows ------------------------------------------------------------------------------------

    def _of_lead(self, path: str, name: str) -> Fact | None:
        row = self._row
        match name:
            case _ if name in _OWN:
                return getattr(row, name)
            case "profile":
                return row.profile or self._rules.grades.profile_of(self._points())
            case "engagement":
                return row.engagement or self._rules.grades.engagement_of(self._points())
            case "grade":
                return f"{self._of_lead(path, 'profile')}{self._of_lead(path, 'engagement')}"
            case "score.profile" | "score.intent" | "score.interest":
                return getattr(self._points(), name.removeprefix("score."))
            case "sales_ready":
                return self._rules.sales_ready.judge(self).ready
            case "disqualified":
                return self._rules.sales_ready.rules_out(self)
            case "topic":
                return self._once(path, lambda: topic_of(self._tx, row.id))
            case "persona":
                fits = persona_of(self._rules.personas, self)
                return fits.name if fits is not None else None
            case _:
                return self._typed(path, row.fields.get(name))

    def _points(self) -> Points:
        row = self._row
        return Points(row.points_profile, row.points_intent, row.points_interest)

    def _of_company(self, path: str, name: str) -> Fact | None:
        if self._row.company_id is None:
            return None
        asked = {"company": self._row.company_id}
        company = self._once("company", lambda: self._tx.execute(_COMPANY, asked).one())
        if name in _COMPANYS:
            return getattr(company, name)
        return self._typed(path, company.fields.get(name))

    def _of_campaign(self, name: str) -> Fact | None:
        """Of the first one that it came from. name: the word by which links and senders know it."""
        asked = {"campaign": self._row.campaign}
        match name:
            case "name":
                return self._row.campaign
            case "channel":
                return self._once("channel", lambda: self._tx.execute(_CHANNEL, asked).scalar_one_or_none())
            case _:
                return None

    def _bant(self, fact: str) -> object:
        found = self._tx.execute(_BANT, {"lead": self._row.id, "fact": fact}).one_or_none()
        if found is None or (found.expires_at is not None and found.expires_at <= self.now):
            return None
        return found.value

    def _answer(self, survey: str, question: str) -> object:
        asked = {"lead": self._row.id, "survey": survey, "question": question}
        return self._tx.execute(_ANSWER, asked).scalar_one_or_none()

    def _handover(self) -> Mapping[str, Any]:
        """What was said when the last one closed."""
        closing = self._tx.execute(_HANDOVER, {"lead": self._row.id}).one_or_none()
        return {} if closing is None else closing.data

    def _hits(self, mail: str) -> set[tuple[str, str | None]]:
        def ask() -> set[tuple[str, str | None]]:
            rows = self._tx.execute(_ABOUT_MAIL, {"lead": self._row.id, "mail": mail})
            return {(row.kind, row.data.get("link")) for row in rows}

        return self._once(("mail", mail), ask)

    def _once(self, question: object, ask: Callable[[], T]) -> T:
        if question not in self._remembered:
            self._remembered[question] = ask()
        return cast("T", self._remembered[question])

    def _typed(self, path: str, value: Any) -> Fact | None:
        """JSON has no dates and no tuples; what cannot be read as its type is as it was written."""
        match value:
            case list():
                return tuple(map(str, cast("list[object]", value)))
            case {"moment": str(text)}:
                return datetime.fromisoformat(text)
            case {"date": str(text)}:
                return date.fromisoformat(text)
            case str() if (kind := self._rules.types.get(path)) is not None:
                return read_as(value, kind.kind, self.now.tzinfo)
            case _:
                return value


def read_as(text: str, kind: str, timezone: tzinfo | None = None) -> Fact:
    """A text of the books as the type that its field has; what cannot be that is as it was written. timezone: of a
    moment that says none."""
    try:
        match kind:
            case "date":
                return date.fromisoformat(text[:10])
            case "moment":
                moment = datetime.fromisoformat(text)
                return moment if moment.tzinfo else moment.replace(tzinfo=timezone)
            case "number":
                return float(text) if "." in text else int(text)
            case "yes/no" if text in ("true", "false"):
                return text == "true"
            case _:
                return text
    except ValueError:
        return text
