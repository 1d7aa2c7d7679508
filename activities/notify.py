"""How do colleagues hear of it? By mail, or in a channel of their chat, through one ledger: each notice leaves once.

`tell` is told the key of a `tell`, or of an effect that is a row of ours and news as well: a handover, a reminder, an
escalation, a task. It never holds the lead: what cannot be told is a problem on the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select
from temporalio import activity

from activities.colleagues import meant
from activities.contents import company_facts, lead_facts, owner_facts, sender_facts, template_of
from activities.correspondence import UnfitError, Verdict
from activities.news import News, news_of, page_of
from activities.post import Post
from activities.titles import Titles
from kweek.errors import SettingsError
from kweek.flow.catalogue import Person, Rules
from kweek.flow.gate import Send
from kweek.leads import effects, ledger
from kweek.leads.enrolments import lead_row
from kweek.leads.ledger import Draft
from kweek.leads.tables import effects as effect_rows
from kweek.mails.context import context
from kweek.mails.notices import notice, open_in_kweek
from kweek.mails.render import Renderer, RenderError
from kweek.mails.template import MailTemplate
from kweek.outgoing.chat import address_of, payload
from kweek.outgoing.post import post
from kweek.rulebook import RulesNow
from kweek.smtp import Outcome

# A chat is somebody else's house: how a lead is reached stands behind the link.
_NOT_IN_A_CHAT: Final = ("email", "phone")


class Notify:
    def __init__(self, post: Post, rules: RulesNow, renderer: Renderer) -> None:
        self.post, self.rules, self.renderer = post, rules, renderer
        self.titles = Titles(post.database, rules, renderer)

    @activity.defn(name="tell")
    async def tell(self, key: str) -> None:
        """One notice to each; whoever has it already does not get it again when another's has to be tried anew."""
        await asyncio.to_thread(self.titles.fill_in, key, self.post.clock.flow(activity.info().started_time).date())
        told = await asyncio.to_thread(self._news, key)
        rules, failed = self.rules().rules, list[Exception]()
        for one in (one for news in told for one in self._each(key, news, rules)):
            try:
                await self.post.leave(one.key, one, one if isinstance(one, _ToChannel) else None)
            except Exception as error:  # the others shall hear of it now
                failed.append(error)
        if failed:
            raise failed[-1]
        if told:
            await asyncio.to_thread(self._done, key, told, rules)

    def _each(self, key: str, news: News, rules: Rules) -> Iterator[_ToColleague | _ToChannel]:
        if news.to is not None and news.to in rules.settings.channels:
            yield _ToChannel(self, f"{key}:{news.what}:#{news.to}", news, news.to)
        for person in meant(news.to, rules, news.owner, news.team):
            yield _ToColleague(self, f"{key}:{news.what}:{person.name.value}", news, person)

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
                if not any(True for _ in self._each(key, news, rules)):
                    words = f"“{news.to or news.team}” is nobody who can be told; rules/teams.yaml knows who is there."
                    ledger.problem(tx, news.lead_id, key, "nobody to tell", words, now)
            effects.close(tx, [key], "done")

    # --- what it says -----------------------------------------------------------------------------

    def gather(
        self, tx: Connection, news: News, own: MailTemplate, now: datetime, to: str,
        untold: Sequence[str] = (), **more: Any,
    ) -> Callable[[str], Draft]:  # fmt: skip
        """Kweek's `own` words, which leave `untold` what they should not say of the lead, or the mail that the flow
        names; the answer puts it together for a key."""
        rules = self.rules().rules
        lead, template = lead_row(tx, news.lead_id), own
        known = lead_facts(lead, rules) | dict.fromkeys(untold if news.mail is None else ())
        if news.mail is not None:
            found = template_of(tx, news.version, news.mail, rules.settings.languages)
            if found is None:
                raise UnfitError("no such mail", f"version {news.version} has no mail “{news.mail}” that can be read")
            template = found
        overdue = news.until is not None and news.until <= now
        until = news.until.astimezone(ZoneInfo(rules.settings.timezone)) if news.until else None
        facts = context(
            lead=known, company=company_facts(tx, lead.company_id), today=now.date(),
            sender=sender_facts(rules), owner=owner_facts(lead.owner, rules),
            event={"text": news.text, "until": until, "overdue": overdue, "owner": news.owner}, **more,
        )  # fmt: skip
        # only what the author of a flow wrote is a template; the title of a task is filled in already
        said = news.text if news.what == "tell" else ""
        shown = self.titles.facts(tx, said, news.lead_id, news.enrolment_id, now.date())

        def compose(key: str) -> Draft:
            if shown is not None:
                facts["event"]["text"] = self.titles.filled(said, shown)
            return self._compose(key, news, template, facts, to)

        return compose

    def _compose(self, key: str, news: News, template: MailTemplate, facts: dict[str, Any], to: str) -> Draft:
        try:
            rendered = self.renderer.render(template, facts)
        except RenderError as error:
            raise UnfitError(error.code, f"{template.file}:{error.line}: {error}") from None
        text, page = rendered.finish()
        return Draft(
            news.lead_id, news.enrolment_id, "colleague", template.name, template.language, "service",
            to, rendered.subject, text, page, self.post.addresses().message_id(key),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Notice:
    """What a mail and a message in a channel share; `Correspondent` says what each does."""

    notify: Notify
    key: str
    news: News

    @property
    def lead_id(self) -> str:
        return self.news.lead_id

    @property
    def page(self) -> str:
        return f"{self.notify.post.settings.base_url}/{self.news.page}"

    @property
    def language(self) -> str:
        return self.notify.rules().rules.settings.languages[0]

    def ask(self, tx: Connection, now: datetime) -> Verdict | None:
        return Send()

    def ended(
        self, tx: Connection, result: ledger.Result, reason: str | None, at: datetime, now: datetime | None = None
    ) -> None:
        """A colleague's mailbox is nothing that the lead did."""

    def wrote_off(self, tx: Connection, status: str, why: str, at: datetime) -> None:
        news = self.news
        ledger.write_off(
            tx, self.key, status, why, at, lead_id=news.lead_id, enrolment_id=news.enrolment_id,
            mail=news.mail or f"notice-{news.what}", audience="colleague", kind="service",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _ToColleague(_Notice):
    """One notice to one person."""

    person: Person

    def gather(self, tx: Connection, now: datetime) -> Callable[[], Draft]:
        name, address = self.person.name.value, self.person.email.value
        compose = self.notify.gather(
            tx, self.news, notice(self.news.what, self.language), now, address,
            colleague={"name": name, "email": address}, lead_url=f"{self.page}?as={quote(name)}",
        )  # fmt: skip
        return lambda: compose(self.key)


@dataclass(frozen=True, slots=True)
class _ToChannel(_Notice):
    """One notice in one channel, which it carries there itself."""

    channel: str

    def gather(self, tx: Connection, now: datetime) -> Callable[[], Draft]:
        try:
            self._address()
        except SettingsError as error:
            raise UnfitError("no address", str(error)) from None
        own = notice(self.news.what, self.language, in_channel=True)
        to = f"#{self.channel}"
        compose = self.notify.gather(tx, self.news, own, now, to, _NOT_IN_A_CHAT, lead_url=self.page)

        def draft() -> Draft:
            whole = compose(self.key)
            return replace(whole, text=whole.text.rpartition("\n-- \n")[0] or whole.text, html="")  # no sender's foot

        return draft

    async def hand_over(self, row: Row[Any], flow: str) -> Outcome:
        kind = self.notify.rules().rules.settings.channels.get(self.channel)
        if kind is None:
            return Outcome("undelivered", "no such channel", f"rules/workspace.yaml has no channel “{self.channel}”.")
        try:
            address = await asyncio.to_thread(self._address)
        except SettingsError as error:
            return Outcome("undelivered", "no address", str(error))
        body = payload(kind, row.subject, row.text, (open_in_kweek(self.language), self.page))
        return await post(address, body, {}, self.notify.post.settings.outgoing_allow)

    def arrived(self, message_id: str) -> bool | None:
        """No chat can be asked."""
        return None

    def _address(self) -> str:
        return address_of(self.channel, self.notify.post.settings.channels)
