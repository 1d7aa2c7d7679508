"""Was it a person? Judges an open or a click by what is known of it; pure, and every judgement gives its reasons.

Privacy proxies fetch every picture and mail gateways follow every link, with the names of real browsers. So a hit
waits two minutes, until what came with it is known, and is then judged among its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Grade = Literal["machine", "unclear", "human", "confirmed"]
HitKind = Literal["open", "click", "unsubscribe"]

GRADE_AFTER: Final = timedelta(minutes=2)
BURST: Final = timedelta(seconds=10)  # this many links in this time: nobody reads so fast
BURST_LINKS: Final = 3
EVERY_LINK: Final = timedelta(seconds=60)  # who follows the content and the way out, within a minute, follows all
NETWORKS: Final = 3  # the same link from as many networks within EVERY_LINK: a scanner's farm
AT_ONCE: Final = timedelta(seconds=2)  # after sending: the mail is still on its way through the gateways
SOON: Final = timedelta(seconds=10)

_ROBOT: Final = re.compile(
    r"bot\b|crawl|spider|scan|preview|monitor|curl|wget|python|httpx|java/|go-http|okhttp|libwww|headless"
    r"|barracuda|mimecast|proofpoint|symantec|trendmicro|fireeye|forcepoint|safelinks|existence discovery"
    r"|facebookexternalhit|slack|whatsapp|telegram",
    re.IGNORECASE,
)
_PROXY: Final = re.compile(r"googleimageproxy|ggpht|yahoomailproxy|icloud|duckduckgo", re.IGNORECASE)
_BARE: Final = re.compile(r"mozilla/\d(\.\d)?", re.IGNORECASE)  # and no more: Apple's mail privacy protection
_GMAIL_PREFETCH: Final = "Edge/12.246"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for a mail's picture or link. method: GET, HEAD, or PREFETCH where the browser said so."""

    kind: HitKind
    at: datetime
    method: str
    link: str | None = None
    agent: str | None = None
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    grade: Grade
    reasons: tuple[str, ...]


def judge(hit: Hit, hits: Sequence[Hit], sent_at: datetime | None, *, confirmed: bool) -> Judgement:
    """Judge one hit among all `hits` of its mail. confirmed: the person answered, replied or posted something."""
    if machine := _machine(hit, hits, sent_at):
        return Judgement("machine", machine)
    if confirmed:
        return Judgement("confirmed", ("the person reacted to this mail",))
    if unclear := _unclear(hit, sent_at):
        return Judgement("unclear", unclear)
    return Judgement("human", ("nothing speaks against a person",))


def _machine(hit: Hit, hits: Sequence[Hit], sent_at: datetime | None) -> tuple[str, ...]:
    agent = hit.agent or ""
    clicks = [other for other in hits if other.kind != "open"]
    signs = {
        f"asked with {hit.method}": hit.method != "GET",
        "a program, by its name": is_robot(agent),
        "fetched ahead of reading": hit.kind == "open" and (_is_bare(agent) or _GMAIL_PREFETCH in agent),
        "at once after sending": sent_at is not None and hit.at - sent_at < AT_ONCE,
        "three or more links within ten seconds": hit.kind != "open" and _burst(hit, clicks),
        "content and unsubscribe within a minute": hit.kind != "open" and _way_out_too(hit, clicks),
        "the same link from many networks": hit.kind != "open" and _many_networks(hit, clicks),
    }
    return tuple(reason for reason, true in signs.items() if true)


def _unclear(hit: Hit, sent_at: datetime | None) -> tuple[str, ...]:
    signs = {
        "a proxy fetched it": _PROXY.search(hit.agent or "") is not None,
        "soon after sending": sent_at is not None and hit.at - sent_at < SOON,
    }
    return tuple(reason for reason, true in signs.items() if true)


def is_robot(agent: str) -> bool:
    """Does it say itself that it is a program, or nothing?"""
    return not agent or _ROBOT.search(agent) is not None


def _is_bare(agent: str) -> bool:
    return _BARE.fullmatch(agent.strip()) is not None


def _burst(hit: Hit, clicks: Sequence[Hit]) -> bool:
    """Is this one of three different links within ten seconds, whichever of them came first?"""
    near = [other for other in clicks if abs(other.at - hit.at) <= BURST]
    windows = [[other for other in near if timedelta(0) <= other.at - first.at <= BURST] for first in near]
    return any(
        hit in window and len({(other.kind, other.link) for other in window}) >= BURST_LINKS for window in windows
    )


def _way_out_too(hit: Hit, clicks: Sequence[Hit]) -> bool:
    near = {other.kind for other in clicks if abs(other.at - hit.at) <= EVERY_LINK}
    return near >= {"click", "unsubscribe"}


def _many_networks(hit: Hit, clicks: Sequence[Hit]) -> bool:
    same = [other for other in clicks if (other.kind, other.link) == (hit.kind, hit.link)]
    return len({other.network for other in same if other.network and abs(other.at - hit.at) <= EVERY_LINK}) >= NETWORKS
