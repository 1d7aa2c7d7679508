"""How does a colleague hear of it? By mail, through the same ledger; who that is, `activities.colleagues` says.

`tell` is told the key of a `tell`, or of an effect that is a row of ours and news as well: a handover, a reminder, an
escalation, a task. It never holds the lead: what cannot be told is a problem on the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select
from temporalio import activity

from activities.colleagues import meant
from activities.email import company_facts, lead_facts, owner_facts, sender_facts, template_of
from activities.post import Post, UnfitError, Verdict
from activities.titles import Titles
from kweek.flow.catalogue import Person, Rules
from kweek.flow.gate import Send
from kweek.leads import effects, ledger
from kweek.leads.enrolments import lead_row
from kweek.leads.ledger import Draft
from kweek.leads.tables import effects as effect_rows
from kweek.leads.tables import enrolments, handovers, tasks
from kweek.mails.context import context
from kweek.mails.notices import Notice, notice
from kweek.mails.render import Renderer, RenderError
from kweek.mails.template import MailTemplate
from kweek.rulebook import RulesNow


@dataclass(frozen=True, slots=True)
class News:
    """What is told. to: a person's or team's name, `manager`, `owner`, a channel. page: where it can be acted on."""

    what: Notice
    lead_id: str
    enrolment_id: str
    version: str
    to: str | None
    text: str = ""
    mail: str | None = None
    owner: str | None = None
    team: str | None = None
    until: datetime | None = None
    page: str = ""


class Notify:
    def __init__(self, post: Post, rules: RulesNow, renderer: Renderer) -> None:
        self.post, self.rules, self.renderer = post, rules, renderer
        self.titles = Titles(post.database, rules, renderer)

    @activity.defn(name="tell")
    async def tell(self, key: str) -> None:
        """One mail to each; whoever has it already does not get it again when another's has to be tried anew."""
        await asyncio.to_thread(self.titles.fill_in, key, self.post.clock.flow(activity.info().started_time).date())
        told = await asyncio.to_thread(self._news, key)
        rules, failed = self.rules().rules, list[Exception]()
        for news in told:
            for person in meant(news.to, rules, news.owner, news.team):
                own = f"{key}:{news.what}:{person.name.value}"
                try:
                    await self.post.leave(own, _ToColleague(self, own, news, person))
                except Exception as error:  # the others shall hear of it now
                    failed.append(error)
        if failed:
            raise failed[-1]
        if told:
            await asyncio.to_thread(self._done, key, told, rules)

    def _news(self, key: str) -> Sequence[News]:
        with self.post.database.read() as tx:
            row = tx.execute(select(effect_rows).where(effect_rows.c.key == key)).one_or_none()
            if row is None or row.status != "pending":
                return []
            return [replace(news, page=page_of(tx, row)) for news in news_of(tx, row)]

    def _done(self, key: str, told: Sequence[News], rules: Rules) -> None:
        now = self.post.clock.flow(activity.info().started_time)
        with self.post.database.lead_tx(told[0].lead_id) as tx:
            for news in told:
                if not meant(news.to, rules, news.owner, news.team):
                    words = f"“{news.to or news.team}” is nobody who can be told; rules/teams.yaml knows who is there."
                    ledger.problem(tx, news.lead_id, key, "nobody to tell", words, now)
            effects.close(tx, [key], "done")

    def compose(self, key: str, news: News, template: MailTemplate, facts: dict[str, Any], person: Person) -> Draft:
        try:
            rendered = self.renderer.render(template, facts)
        except RenderError as error:
            raise UnfitError(error.code, f"{template.file}:{error.line}: {error}") from None
        text, page = rendered.finish()
        return Draft(
            news.lead_id, news.enrolment_id, "colleague", template.name, template.language, "service",
            person.email.value, rendered.subject, text, page, self.post.addresses().message_id(key),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _ToColleague:
    """One notice to one person; `Correspondent` says what each does."""

    notify: Notify
    key: str
    news: News
    person: Person

    @property
    def lead_id(self) -> str:
        return self.news.lead_id

    def ask(self, tx: Connection, now: datetime) -> Verdict | None:
        return Send()

    def gather(self, tx: Connection, now: datetime) -> Callable[[], Draft]:
        news, rules = self.news, self.notify.rules().rules
        lead, language = lead_row(tx, news.lead_id), rules.settings.languages[0]
        template = notice(news.what, language)
        if news.mail is not None:
            own = template_of(tx, news.version, news.mail, rules.settings.languages)
            if own is None:
                raise UnfitError("no such mail", f"version {news.version} has no mail “{news.mail}” that can be read")
            template = own
        until = news.until.astimezone(ZoneInfo(rules.settings.timezone)) if news.until else None
        facts = context(
            lead=lead_facts(lead, rules), company=company_facts(tx, lead.company_id), today=now.date(),
            sender=sender_facts(rules), owner=owner_facts(lead.owner, rules),
            colleague={"name": self.person.name.value, "email": self.person.email.value},
            event={"text": news.text, "until": until, "owner": news.owner},
            lead_url=f"{self.notify.post.settings.base_url}/{news.page}?as={quote(self.person.name.value)}",
        )  # fmt: skip
        return lambda: self.notify.compose(self.key, news, template, facts, self.person)

    def ended(self, tx: Connection, result: ledger.Result, reason: str | None, at: datetime) -> None:
        """A colleague's mailbox is nothing that the lead did."""

    def wrote_off(self, tx: Connection, status: str, why: str, at: datetime) -> None:
        news = self.news
        ledger.write_off(
            tx, self.key, status, why, at, lead_id=news.lead_id, enrolment_id=news.enrolment_id,
            mail=news.mail or f"notice-{news.what}", audience="colleague", kind="service",
        )  # fmt: skip


def news_of(tx: Connection, effect: Row[Any]) -> Iterator[News]:
    """What this effect says, to whom. A handover that goes to another is news for him as well as for the manager."""
    version = tx.execute(select(enrolments.c.version).where(enrolments.c.id == effect.enrolment_id)).scalar_one()
    args = effect.args
    base = (effect.lead_id, effect.enrolment_id, version)
    match effect.kind:
        case "give_handover":
            desk = _desk(tx, effect.key)
            yield News("handover", *base, desk.owner, owner=desk.owner, team=desk.team, until=desk.until)
        case "remind":
            desk = _desk(tx, str(args["ref"]))
            yield News("reminder", *base, desk.owner, desk.text, None, desk.owner, desk.team, desk.until)
        case "escalate":
            desk = _desk(tx, str(args["ref"]))
            passed_on = "late" in args
            late = args["late"] if passed_on else desk.owner
            if args.get("tell") or not passed_on:
                yield News("escalation", *base, args.get("tell"), desk.text, None, late, desk.team, desk.until)
            if passed_on:
                yield News("handover", *base, desk.owner, owner=desk.owner, team=desk.team, until=desk.until)
        case "open_task":
            desk = _desk(tx, effect.key)
            yield News("task", *base, desk.owner, desk.text, None, desk.owner)
        case _:
            owner = lead_row(tx, effect.lead_id).owner
            yield News("tell", *base, str(args["to"]), args.get("text") or "", args.get("mail"), owner)


def page_of(tx: Connection, effect: Row[Any]) -> str:
    """The page of the handover or task that it is about, else the lead's."""
    key = str(effect.args.get("ref") or effect.key)
    for noun, table in (("handovers", handovers), ("tasks", tasks)):
        if tx.execute(select(table.c.key).where(table.c.key == key)).first() is not None:
            return f"{noun}/{quote(key)}"
    return f"leads/{quote(effect.lead_id)}"


@dataclass(frozen=True, slots=True)
class _Desk:
    owner: str | None = None
    team: str | None = None
    until: datetime | None = None
    text: str = ""


def _desk(tx: Connection, key: str) -> _Desk:
    given = tx.execute(select(handovers).where(handovers.c.key == key)).one_or_none()
    if given is not None:
        return _Desk(given.owner, given.team, given.follow_up_at)
    task = tx.execute(select(tasks).where(tasks.c.key == key)).one_or_none()
    return _Desk() if task is None else _Desk(task.taken_by or task.assignee, None, task.due_at, task.title)
