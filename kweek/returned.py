"""What comes back to a mail? A reply, a delivery report, a complaint: written as people, servers and providers do.

For the catcher, whose mails nobody else will answer. Pure: the mail as it was caught goes in, a message comes out. `at`
is real time.
"""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import format_datetime, make_msgid
from typing import Any, Final

_MACHINE: Final = "catcher.localhost"
_WIRE: Final = policy.SMTP.clone(max_line_length=990)


def reply(raw: bytes, recipient: str, words: str, at: datetime) -> tuple[str, bytes]:
    """What the reader writes back (RFC 5322, 3.6.4): to which address, and the message."""
    original = message_from_bytes(raw, policy=policy.default)
    answer = EmailMessage(policy=policy.SMTP)
    answer["From"], answer["To"] = recipient, str(original["Reply-To"] or original["From"] or recipient)
    answer["Subject"] = f"Re: {original['Subject'] or ''}".strip()
    answer["Date"] = format_datetime(at)
    answer["Message-ID"] = make_msgid(domain=_MACHINE)
    if original["Message-ID"]:
        answer["In-Reply-To"] = answer["References"] = str(original["Message-ID"])
    answer.set_content(words)
    return answer["To"].addresses[0].addr_spec, answer.as_bytes(policy=_WIRE)


def delivery_report(
    raw: bytes, recipient: str, sender: str, status: str = "5.1.1", code: int = 550, at: datetime | None = None
) -> bytes:
    """What a mail server sends back for an address that is dead (RFC 3464), the returned headers with it."""
    of_the_server, of_the_recipient = Message(), Message()
    of_the_server["Reporting-MTA"] = f"dns; {_MACHINE}"
    of_the_recipient["Final-Recipient"] = f"rfc822; {recipient}"
    of_the_recipient["Action"] = "failed"
    of_the_recipient["Status"] = status
    of_the_recipient["Diagnostic-Code"] = f"smtp; {code} {status} Recipient address rejected: User unknown"
    report = _report("delivery-status", sender, "Undelivered Mail Returned to Sender", at)
    report["From"] = f"Mail Delivery System <MAILER-DAEMON@{_MACHINE}>"
    words = f"<{recipient}>: the mail could not be delivered.\n"
    report.set_payload([_words(words), _about("delivery-status", of_the_server, of_the_recipient), _headers(raw)])
    return report.as_bytes(policy=_WIRE)


def complaint_report(raw: bytes, recipient: str, sender: str, at: datetime) -> bytes:
    """What a provider sends when its reader presses “spam” (ARF, RFC 5965), the returned headers with it."""
    feedback = Message()
    feedback["Feedback-Type"] = "abuse"
    feedback["User-Agent"] = "Kweek-Catcher/1"
    feedback["Version"] = "1"
    feedback["Original-Mail-From"] = f"<{sender}>"
    feedback["Original-Rcpt-To"] = f"<{recipient}>"
    feedback["Arrival-Date"] = format_datetime(at)
    report = _report("feedback-report", sender, "Complaint about a mail", at)
    report["From"] = f"Complaints <feedback@{_MACHINE}>"
    report.set_payload(
        [_words("Its reader says that this is spam.\n"), _about("feedback-report", feedback), _headers(raw)]
    )
    return report.as_bytes(policy=_WIRE)


def _report(kind: str, sender: str, subject: str, at: datetime | None) -> EmailMessage:
    """A multipart/report (RFC 6522) to the envelope's sender."""
    report = EmailMessage(policy=policy.SMTP)
    report["To"], report["Subject"] = sender, subject
    if at is not None:
        report["Date"] = format_datetime(at)
    report["Auto-Submitted"] = "auto-replied"
    report.set_type("multipart/report")
    report.set_param("report-type", kind)
    return report


def _words(text: str) -> EmailMessage:
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(text)
    return part


def _about(kind: str, *blocks: Message[Any, Any]) -> EmailMessage:
    part = EmailMessage(policy=policy.SMTP)
    part["Content-Type"] = f"message/{kind}"
    part.set_payload(list(blocks))
    return part


def _headers(raw: bytes) -> EmailMessage:
    """What came back of the original."""
    original = message_from_bytes(raw, policy=policy.SMTP)
    part = EmailMessage(policy=policy.SMTP)
    part["Content-Type"] = "text/rfc822-headers"
    part.set_payload("".join(f"{name}: {original[name]}\r\n" for name in ("Message-ID", "To") if original[name]))
    return part
