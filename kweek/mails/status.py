"""Whose fault is it? One reading of SMTP replies and delivery reports: the address, the moment, or ourselves.

RFC 5321 (codes), RFC 3463 (enhanced status codes `class.subject.detail`). Hard is what is true of the address for good:
5.1.x and 5.2.1. Policy or content (5.7.x and the like) is never the person's fault. What nobody understands is soft.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

_ENHANCED: Final = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# What servers write that use a bare 550 for everything; seen at large providers and in Postfix's own block lists.
_POLICY: Final = re.compile(
    r"spam|block(?:ed|list| list)|black ?list|deny ?list|reputation|policy|relay(?:ing)?\b|spf|dkim|dmarc"
    r"|reject(?:ed)? due|content|virus|malware|not authori[sz]ed|unsolicited|rate limit|rbl",
    re.IGNORECASE,
)
_GONE: Final = re.compile(
    r"(?:user|recipient|mailbox|address|account)\b.{0,40}"
    r"(?:unknown|not (?:found|exist)|doesn.t exist|does not exist|no longer|disabled|invalid|unavailable|inactive)"
    r"|no such (?:user|recipient|mailbox|address|person)|unknown (?:user|recipient|mailbox|address)|invalid recipient",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """kind: `hard` (the address is dead), `soft` (it may work another time), `policy` (ours to solve)."""

    kind: Literal["hard", "soft", "policy"]
    code: str
    reason: str


def judge(code: int, words: str, *, at_recipient: bool) -> Verdict:
    """An SMTP reply. at_recipient: it answered RCPT TO (what a server says to MAIL or DATA is not about the person,
    unless its enhanced code says so)."""
    found = _ENHANCED.search(words)
    shown = f"{code} {found[0]}" if found and found[1] == str(code)[0] else str(code)
    if code < 500:
        return Verdict("soft", shown, "temporary")
    if found and found[1] == "5":
        return _enhanced(int(found[2]), int(found[3]), shown)
    if code == 552:
        return Verdict("soft", shown, "mailbox full")
    if not at_recipient or code == 554 or _POLICY.search(words):
        return Verdict("policy", shown, "policy")
    return Verdict("hard", shown, "no such address") if code in (550, 551, 553) else Verdict("policy", shown, "policy")


def judge_status(status: str, words: str = "") -> Verdict:
    """A status of a delivery report (`5.1.1`), with the diagnostic text where there is one."""
    found = _ENHANCED.search(status)
    if found is None or found[1] != "5":
        return Verdict("soft", found[0] if found else "", "temporary")
    if found[0] == "5.0.0" and _GONE.search(words) and not _POLICY.search(words):
        return Verdict("hard", found[0], "no such address")
    return _enhanced(int(found[2]), int(found[3]), found[0])


def _enhanced(subject: int, detail: int, shown: str) -> Verdict:
    """A permanent status, 5.subject.detail (RFC 3463, 3)."""
    match subject, detail:
        case 1, (7 | 8):  # the sender's own address: ours
            return Verdict("policy", shown, "policy")
        case (1, _) | (2, 1):
            return Verdict("hard", shown, "no such address")
        case 2, 2:
            return Verdict("soft", shown, "mailbox full")
        case (2 | 3, 3 | 4) | (6, _):
            return Verdict("policy", shown, "content")
        case ((5 | 7), _):
            return Verdict("policy", shown, "policy")
        case _:
            return Verdict("soft", shown, "temporary")
