"""What does a chat want to be sent? A notice as Slack's incoming webhooks and Teams' workflows take it.

Whatever a lead typed is text: it mentions nobody and hides no link.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kweek.config import CHANNEL
from kweek.errors import SettingsError
from kweek.flow.catalogue import ChannelKind
from kweek.flow.load.texts import parse_url

_SLACK_TEXT: Final = 2_900  # of 3,000 characters that a section holds
_TEAMS_TEXT: Final = 6_000  # of 28 KB that a message may have
_HALF: Final = re.compile(r"&[a-z]{0,4}$")  # an escape that was cut


def payload(kind: ChannelKind, subject: str, text: str, link: tuple[str, str]) -> bytes:
    """link: its words and its target."""
    subject = subject.strip() or "Kweek"  # a lead without a name
    words = _slack(subject, text, link) if kind == "slack" else _teams(subject, text, link)
    return json.dumps(words, ensure_ascii=False).encode()


def variable_of(channel: str) -> str:
    """By which setting the address of this channel is found."""
    return f"{CHANNEL}{_variable(channel)}"


def address_of(channel: str, channels: Mapping[str, str]) -> str:
    """channels: what was set, an address or the file in which it stands. Whoever has it may write in the channel, so
    it is never shown. SettingsError."""
    said = channels.get(_variable(channel), "").strip()
    if said.startswith("/"):
        try:
            said = Path(said).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise SettingsError(f"{variable_of(channel)}: {said} cannot be read: {why}") from None
    if not said:
        raise SettingsError(
            f"nobody said where the channel “{channel}” is: set {variable_of(channel)} to the address that its chat "
            "gave it, or to a file with it"
        )
    try:
        return parse_url(said)
    except ValueError:
        raise SettingsError(f"{variable_of(channel)} is no address; it begins with https://") from None


def _variable(channel: str) -> str:
    return channel.upper().replace("-", "_")


def _slack(subject: str, text: str, link: tuple[str, str]) -> dict[str, Any]:
    """https://docs.slack.dev/messaging/formatting-message-text"""
    words, target = link
    lines = [f"*{slack_text(subject)}*", _short(text), f"<{html.escape(target, quote=False)}|{slack_text(words)}>"]
    sections = [{"type": "section", "text": {"type": "mrkdwn", "text": line}} for line in lines if line]
    return {"text": slack_text(subject), "blocks": sections, "unfurl_links": False}


def slack_text(text: str) -> str:
    """`& < >` begin what is Slack's own: mentions, channels, links."""
    return html.escape(text, quote=False)


def _short(text: str) -> str:
    whole = slack_text(text.strip())
    if len(whole) <= _SLACK_TEXT:
        return whole
    return _HALF.sub("", whole[:_SLACK_TEXT]) + "…"


def _teams(subject: str, text: str, link: tuple[str, str]) -> dict[str, Any]:
    """https://adaptivecards.io/explorer/TextRun.html: unlike text blocks, text runs know no Markdown."""
    short = text.strip()[:_TEAMS_TEXT] + ("…" if len(text.strip()) > _TEAMS_TEXT else "")
    head = _run(subject, weight="Bolder", size="Medium")
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [head, *(_run(line) for line in short.split("\n") if line.strip())],
        "actions": [{"type": "Action.OpenUrl", "title": link[0], "url": link[1]}],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _run(text: str, **looks: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}
