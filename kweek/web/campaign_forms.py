"""What did a colleague write of a campaign? Its fields, a cost, a period: typed, or a sentence for each fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from kweek.intake.cost_file import day_of
from kweek.intake.values import longest_of, printable
from kweek.leads.campaigns import LONGEST, CampaignIn, campaign_word
from kweek.leads.costs import CostIn
from kweek.leads.earned import Period
from kweek.leads.money import cents_of
from kweek.web.acting import Acting, once

WAS: Final = "was."

_MOST_ROI: Final = 999
_MOST_WORDS: Final = 500

Faults = dict[str, str]
"""Field → a key of `kweek.words`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period as it stands in an address. query: to be put behind another one of ours."""

    period: Period
    given: Mapping[str, str]
    faults: Faults = field(default_factory=Faults)

    @property
    def query(self) -> str:
        return urlencode({name: text for name, text in self.given.items() if text})


def period_of(query: QueryParams, zone: tzinfo) -> Asked:
    """`?from=2026-01-01&until=2026-03-31`, both days in it. What is no day is said, and bounds nothing."""
    given = {name: query.get(name, "")[:20] for name in ("from", "until")}
    days = {name: day_of(text) for name, text in given.items()}
    faults = {name: "campaigns.wrong.day" for name, text in given.items() if text and days[name] is None}
    first, last = days["from"], days["until"]
    if first and last and first > last:
        return Asked(Period(zone), given, {"until": "campaigns.wrong.order"})
    return Asked(Period(zone, first, last), given, faults)


def campaign_said(given: Mapping[str, str], others: Collection[str]) -> tuple[CampaignIn, Faults]:
    """others: the campaigns that may be its parent."""
    faults = Faults()
    title, channel = _line(given, "title", faults), _line(given, "channel", faults)
    if title is None and "title" not in faults:
        faults["title"] = "campaigns.wrong.missing"
    parent = given.get("parent") or None
    if parent is not None and parent not in others:
        faults["parent"] = "campaigns.wrong.parent"
    return CampaignIn(title or "", parent, channel, _norm(given.get("norm_roi", ""), faults)), faults


def as_it_was(given: Mapping[str, str]) -> CampaignIn:
    """What stood in the form when it was shown."""
    was = {name.removeprefix(WAS): text for name, text in given.items() if name.startswith(WAS)}
    return CampaignIn(
        was.get("title", ""), was.get("parent") or None, was.get("channel") or None, _norm(was.get("norm_roi", ""), {})
    )


def touched(given: Mapping[str, str]) -> Mapping[str, str]:
    """Without what came back as it stood in the form."""
    return {name: text for name, text in given.items() if text != given.get(f"{WAS}{name}")}


def word_said(given: Mapping[str, str], faults: Faults) -> str:
    """As links say it; where nothing is said, made of the title."""
    word = campaign_word(given.get("word") or given.get("title", ""))
    if word is None and "title" not in faults:
        faults["word"] = "campaigns.wrong.word"
    return word or ""


def cost_said(given: Mapping[str, str], campaign: str, currency: str, by: str) -> tuple[CostIn | None, Faults]:
    faults = Faults()
    cents, on = cents_of(given.get("amount", ""), currency), day_of(given.get("on", ""))
    words = _line(given, "words", faults, _MOST_WORDS)
    if not cents:
        faults["amount"] = "campaigns.wrong.amount"
    if on is None:
        faults["on"] = "campaigns.wrong.day"
    if not cents or on is None or faults:
        return None, faults
    mark = once(given)
    return CostIn(campaign, on, cents, words, by, None if mark is None else f"page/{mark}"), faults


def name_of(given: Mapping[str, str], who: Acting, faults: Faults) -> str:
    """Who does it: one of rules/teams.yaml, where anybody is in there."""
    by = given.get("by", "")
    if not by or len(by) > longest_of("by") or not printable(by) or (who.people and by not in who.people):
        faults["by"] = "wrong.by"
    return by


def _line(given: Mapping[str, str], name: str, faults: Faults, most: int = LONGEST) -> str | None:
    text = " ".join(given.get(name, "").split())
    if len(text) > most or not printable(text):
        faults[name] = "campaigns.wrong.long"
    return text or None


def _norm(written: str, faults: Faults) -> float | None:
    """`3` or `2,5`."""
    if not written:
        return None
    try:
        norm = float(written.replace(",", "."))
    except ValueError:
        norm = 0.0
    if not 0 < norm <= _MOST_ROI:
        faults["norm_roi"] = "campaigns.wrong.norm"
        return None
    return norm
