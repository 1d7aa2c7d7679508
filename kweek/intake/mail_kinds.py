"""What is it that came in? A delivery report, a complaint, an automatic answer or a person's reply; and of which mail.

RFC 3464 (delivery reports), RFC 5965 (ARF, complaints), RFC 3834 (automatic answers); `flufl.bounce` for servers that
write bounces of their own invention. What nobody understands is soft. Pure: bytes in, a judgement out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from typing import Any, Final, Literal, cast

import flufl.bounce

from kweek.mails.status import Verdict, judge, judge_status

What = Literal["bounce", "delayed", "complaint", "out of office", "reply"]

_FAILURES: Final = cast(
    "Callable[[Message[Any, Any]], tuple[frozenset[bytes], frozenset[bytes]]]", flufl.bounce.all_failures
)
_MACHINE: Final = re.compile(r"mailer-?daemon|postmaster|mail ?delivery", re.IGNORECASE)
LARGEST: Final = 2 * 1024 * 1024  # of a message, the part that is read
_ADDRESSED: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
_IDS: Final = re.compile(r"<[^<>\s]+@[^<>\s]+>")
_CODE: Final = re.compile(r"\b([45]\d\d)[ -]")
_AUTO_SUBJECT: Final = re.compile(
    r"^\s*(?:(?:re|fw|antw|aw|r[eé]f?)\s*:\s*)*(?:"
    r"automatisch(?:e)? antwoord|automatische? (?:reactie|beantwoording)|afwezig|afwezigheid|niet aanwezig"
    r"|auto(?:matic)?[ -]?(?:reply|response)|out of (?:the )?office|away from|on (?:vacation|holiday|leave)\b|ooo\b"
    r"|automatische antwort|abwesenheit|ich bin (?:nicht|derzeit)|abwesend"
    r"|r[ée]ponse automatique|absence|absent du bureau|message automatique)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Came:
    """verdict: of a bounce. about: Message-IDs of mails of ours that it may answer, the surest first. own_id: its own,
    so that it counts once. to: by its headers, which outlive a forward. words: the server's, for our books."""

    what: What
    about: tuple[str, ...] = ()
    verdict: Verdict | None = None
    own_id: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    words: str = ""


def is_message(raw: bytes) -> bool:
    """Has it a header at all?"""
    return len(message_from_bytes(raw[:LARGEST], policy=policy.compat32)) > 0


def classify(raw: bytes, envelope_from: str | None = None) -> Came:
    """Read a message. envelope_from: empty is the null sender of machines; None is not known."""
    message = message_from_bytes(raw[:LARGEST], policy=policy.compat32)
    own_id, sender, to = _first_id(_header(message, "Message-ID")), _header(message, "From"), _to(message)
    if message.get_content_type() == "multipart/report" or _part(message, "message/delivery-status"):
        if (report := _part(message, "message/feedback-report")) is not None:
            return Came("complaint", _returned(message), None, own_id, sender, to, _text(report)[:1_000])
        if (status := _part(message, "message/delivery-status")) is not None:
            what, verdict, words = _delivery(status)
            return Came(what, _returned(message), verdict, own_id, sender, to, words)
    by_machine = envelope_from == "" or _MACHINE.search(sender) is not None  # a person may well quote a bounce
    if by_machine and (bounce := _by_flufl(message)) is not None:
        what, verdict = bounce
        about = (*_returned(message), *_answered(message))
        return Came(what, about, verdict, own_id, sender, to, _text(message)[:1_000])
    what: What = "out of office" if _automatic(message, envelope_from) else "reply"
    return Came(what, _answered(message), None, own_id, sender, to)


# --- delivery reports ---------------------------------------------------------------------------------


def _delivery(status: Message[Any, Any]) -> tuple[What, Verdict | None, str]:
    """The worst that any block of the report says."""
    found: list[Verdict] = []
    words: list[str] = []
    delayed = False
    for block in _blocks(status):
        action = _header(block, "Action").split(";")[0].strip().lower()
        diagnostic = _header(block, "Diagnostic-Code")
        if action == "delayed":
            delayed = True
        if action != "failed":
            continue
        said = _header(block, "Status")
        words.append(f"{said} {diagnostic}".strip())
        found.append(_judged(said, diagnostic))
    if found:
        order = {"hard": 0, "policy": 1, "soft": 2}
        return "bounce", min(found, key=lambda verdict: order[verdict.kind]), "; ".join(words)[:1_000]
    return ("delayed" if delayed else "out of office"), None, ""


def _judged(status: str, diagnostic: str) -> Verdict:
    """The status counts; where it says nothing (5.0.0 and the like), the server's own words."""
    verdict = judge_status(status, diagnostic)
    vague = not status or re.fullmatch(r"\s*[45]\.0\.0\s*", status) is not None
    code = _CODE.search(diagnostic)
    if vague and code is not None:
        from_words = judge(int(code[1]), diagnostic, at_recipient=False)
        if from_words.kind != "soft" and re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", diagnostic):
            return from_words
    return verdict


def _blocks(status: Message[Any, Any]) -> Iterator[Message[Any, Any]]:
    payload = status.get_payload()
    if isinstance(payload, list):
        yield from (block for block in cast("list[object]", payload) if isinstance(block, Message))
        return
    for block in re.split(r"\r?\n\r?\n", str(payload)):
        yield message_from_bytes(block.encode("utf-8", "replace"), policy=policy.compat32)


def _by_flufl(message: Message[Any, Any]) -> tuple[What, Verdict] | None:
    try:
        temporary, permanent = _FAILURES(message)
    except (ValueError, LookupError, AttributeError, TypeError, UnicodeError):  # malformed beyond its patience
        return None
    if permanent:
        words = _text(message)
        found = re.search(r"\b5\.\d{1,3}\.\d{1,3}\b", words)
        return "bounce", judge_status(found[0], words) if found else Verdict("soft", "", "temporary")
    return ("delayed", Verdict("soft", "", "temporary")) if temporary else None


# --- of which mail ------------------------------------------------------------------------------------


def _to(message: Message[Any, Any]) -> tuple[str, ...]:
    written = [str(one) for name in _ADDRESSED for one in message.get_all(name, [])]
    return tuple(address for _, address in getaddresses(written)[:50] if address)


def _returned(message: Message[Any, Any]) -> tuple[str, ...]:
    """Message-IDs in what was sent back: the original, or its headers."""
    found: list[str] = []
    for part in message.walk():
        if part is message:
            continue
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_bytes(_text(part).encode("utf-8", "replace"), policy=policy.compat32)
            found.append(_first_id(_header(headers, "Message-ID")))
        elif (identifier := _first_id(_header(part, "Message-ID"))) != "":
            found.append(identifier)
    return tuple(dict.fromkeys(one for one in found if one))


def _answered(message: Message[Any, Any]) -> tuple[str, ...]:
    """In-Reply-To, then References from the last to the first."""
    replied = _IDS.findall(_header(message, "In-Reply-To"))
    threaded: list[str] = _IDS.findall(_header(message, "References"))
    return tuple(dict.fromkeys([*replied, *reversed(threaded)]))[:50]


# --- by whom ------------------------------------------------------------------------------------------


def _automatic(message: Message[Any, Any], envelope_from: str | None) -> bool:
    auto = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    if auto not in ("", "no"):
        return True
    if any(message[name] is not None for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")):
        return True
    if _header(message, "Precedence").strip().lower() in ("auto_reply", "bulk", "junk", "list"):
        return True
    if envelope_from == "" or _header(message, "Return-Path").strip() == "<>":
        return True
    return _AUTO_SUBJECT.search(_header(message, "Subject")) is not None


# --- reading what may be garbage ----------------------------------------------------------------------


def _header(message: Message[Any, Any], name: str) -> str:
    value = message[name]
    if value is None:
        return ""
    try:
        return str(make_header(decode_header(str(value))))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        return str(value)


def _first_id(text: str) -> str:
    found = _IDS.search(text)
    return found[0] if found else ""


def _part(message: Message[Any, Any], kind: str) -> Message[Any, Any] | None:
    return next((part for part in message.walk() if part.get_content_type() == kind), None)


def _text(part: Message[Any, Any]) -> str:
    for one in part.walk():
        payload = one.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload.decode("utf-8", "replace")
    return "\n".join(f"{name}: {value}" for inner in part.walk() for name, value in inner.items())
