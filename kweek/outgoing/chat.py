"""What does a chat want to be sent? A notice as Slack's incoming webhooks and Teams' workflows take it.

Whatever a lead typed is text: it mentions nobody, hides no link, and no mark in it makes anything bold.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kweek.config import CHANNEL
from kweek.errors import SettingsError
from kweek.flow.catalogue import ChannelKind
from kweek.flow.load.texts import parse_url

_SLACK_TEXT: Final = 2_900
_TEAMS_TEXT: Final = 6_000  # of 28 KB that a message may have


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
    """https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: its texts know neither marks nor mentions. The
    text beside the blocks, which a telephone shows when the message comes, knows `& < >` even without marks."""
    words, target = link
    parts: list[dict[str, Any]] = [{"type": "text", "text": subject, "style": {"bold": True}}]
    if short := _short(text, _SLACK_TEXT):
        parts.append({"type": "text", "text": short})
    parts.append({"type": "link", "url": target, "text": words})
    blocks = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [one]}]} for one in parts]
    return {"text": html.escape(subject, quote=False), "mrkdwn": False, "blocks": blocks, "unfurl_links": False}


def _short(text: str, most: int) -> str:
    whole = text.strip()
    return whole if len(whole) <= most else f"{whole[:most]}…"


def _teams(subject: str, text: str, link: tuple[str, str]) -> dict[str, Any]:
    """https://adaptivecards.io/explorer/TextRun.html: unlike text blocks, text runs know no Markdown."""
    head = _run(subject, weight="Bolder", size="Medium")
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [head, *(_run(line) for line in _short(text, _TEAMS_TEXT).split("\n") if line.strip())],
        "actions": [{"type": "Action.OpenUrl", "title": link[0], "url": link[1]}],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _run(text: str, **looks: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **looks}]}
