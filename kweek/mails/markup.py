"""What does a mail look like? Markdown becomes HTML that mail clients show, and plain text that people can read.

Raw HTML in Markdown is not allowed (it is shown as text), so there is nothing to sanitise. Targets of links leave as
marks, `\\ue002<position>\\ue003`: only the parent knows the secret that a tracked link is signed with.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import css_inline
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kweek.mails.marks import CLOSE_LINK, CLOSE_VALUE, OPEN_LINK, OPEN_VALUE, PIXEL
from kweek.mails.sandbox import Values
from kweek.mails.words import words

_STYLE: Final = """
body { margin: 0; padding: 0; background: #f4f4f2; }
.outer { width: 100%; background: #f4f4f2; }
.inner { width: 100%; max-width: 600px; background: #ffffff; }
.text { padding: 28px 32px; font: 16px/1.55 Arial, Helvetica, sans-serif; color: #1f2328; }
.foot { padding: 16px 32px 28px; font: 13px/1.5 Arial, Helvetica, sans-serif; color: #5b626b; }
.preview { display: none; max-height: 0; overflow: hidden; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 16px; }
h2 { font-size: 19px; line-height: 1.3; margin: 24px 0 12px; }
p { margin: 0 0 16px; }
.foot p { margin: 0 0 6px; }
a { color: #0b5cad; }
.foot a { color: #5b626b; }
ul, ol { margin: 0 0 16px; padding-left: 22px; }
blockquote { margin: 0 0 16px; padding-left: 14px; border-left: 3px solid #d0d4d9; }
img { max-width: 100%; height: auto; border: 0; }
.text table { margin: 0 0 16px; border-collapse: collapse; }
.text th, .text td { padding: 4px 12px 4px 0; text-align: left; }
p > strong > a { display: inline-block; padding: 11px 20px; background: #0b5cad; color: #ffffff; }
p > strong > a { text-decoration: none; }
"""
_ENCODED: Final = re.compile(r"%EE%80%80(\d+)%EE%80%81")
_INLINER: Final = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass(slots=True)
class Link:
    name: str | None
    target: str


@dataclass(slots=True)
class Marked:
    """Markdown, read. `refused`: targets that no link may have."""

    html: str
    text: str
    links: list[Link] = field(default_factory=list[Link])
    refused: list[str] = field(default_factory=list[str])


def mark_up(source: str, values: Values) -> Marked:
    """Markdown with value marks → HTML and text with link marks and the values put in."""
    marked = Marked("", "")
    tokens = _MARKDOWN.parse(source)
    for token in tokens:
        if token.children:
            token.children = _links(token.children, values, marked)
    marked.html = values.html(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    marked.text = _Text(values).blocks(tokens)
    return marked


def _links(tokens: Sequence[Token], values: Values, marked: Marked) -> list[Token]:
    """Give each link its mark; a link that may not be loses its tags and keeps its words."""
    kept: list[Token] = []
    dropped = 0
    for token in tokens:
        match token.type:
            case "link_open":
                asked = _marks(str(token.attrs.get("href", "")))
                target = values.url(asked)
                if target is None:
                    marked.refused.append(values.text(asked))
                    dropped += 1
                    continue
                name = values.text(str(token.attrs.pop("title", ""))) or None
                token.attrs["href"] = f"{OPEN_LINK}{len(marked.links)}{CLOSE_LINK}"
                marked.links.append(Link(name, target))
            case "link_close" if dropped:
                dropped -= 1
                continue
            case "image":
                source = _marks(str(token.attrs.get("src", "")))
                target = values.url(source)
                if target is None or not target.startswith(("https://", "http://")):
                    marked.refused.append(values.text(source))
                    continue
                token.attrs["src"] = target
            case _:
                pass
        kept.append(token)
    return kept


def _marks(target: str) -> str:
    """markdown-it percent-encodes targets, and our marks with them (U+E000 is EE 80 80)."""
    return _ENCODED.sub(f"{OPEN_VALUE}\\1{CLOSE_VALUE}", target)


class _Text:
    """Tokens as plain text."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def blocks(self, tokens: Sequence[Token]) -> str:
        out: list[str] = []
        prefix: list[str] = []  # of lists and quotes, outermost first
        numbers: list[int | None] = []
        bullet = ""
        row: list[str] | None = None
        for token in tokens:
            match token.type:
                case "bullet_list_open":
                    numbers.append(None)
                case "ordered_list_open":
                    numbers.append(int(token.attrs.get("start", 1)))
                case "bullet_list_close" | "ordered_list_close":
                    numbers.pop()
                    if not numbers:
                        out.append("")
                case "list_item_open":
                    number = numbers[-1]
                    bullet = "- " if number is None else f"{number}. "
                    numbers[-1] = None if number is None else number + 1
                    prefix.append(" " * len(bullet))
                case "list_item_close":
                    prefix.pop()
                case "blockquote_open":
                    prefix.append("> ")
                case "blockquote_close":
                    prefix.pop()
                    if out and out[-1] == "".join([*prefix, "> "]).rstrip():
                        out[-1] = "".join(prefix).rstrip()
                case "tr_open":
                    row = []
                case "tr_close":
                    out.append("".join(prefix) + " | ".join(row or []))
                    row = None
                case "table_close":
                    out.append("")
                case "inline" if row is not None:
                    row.append(self.inline(token.children or []))
                case "inline" | "fence" | "code_block":
                    text = (
                        self.inline(token.children or [])
                        if token.type == "inline"
                        else self._values.text(token.content)
                    )
                    lead = "".join(prefix[:-1]) + bullet if bullet else "".join(prefix)
                    for line in text.rstrip("\n").split("\n"):
                        out.append((lead + line).rstrip())
                        lead, bullet = "".join(prefix), ""
                    if not numbers:
                        out.append("".join(prefix).rstrip())
                case "hr":
                    out += ["-" * 20, ""]
                case _:
                    pass
        return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n") + "\n"

    def inline(self, tokens: Sequence[Token]) -> str:
        out: list[str] = []
        link = ""
        begun = 0
        for token in tokens:
            match token.type:
                case "text" | "code_inline":
                    out.append(self._values.text(token.content))
                case "softbreak" | "hardbreak":
                    out.append("\n")
                case "image":
                    out.append(self._values.text(token.content))
                case "link_open":
                    link, begun = str(token.attrs["href"]), len(out)
                case "link_close":
                    out.append(f": {link}" if "".join(out[begun:]).strip() else link)
                case _:
                    pass
        return "".join(out)


def dress(marked: Marked, *, language: str, subject: str, preview: str, sender: dict[str, Any], leave: bool) -> Marked:
    """The whole mail around what was written: preview, sender, and, where one can leave, the way out (the link with
    the name `unsubscribe`, whose target the caller knows)."""
    said = words(language)
    lines = [line for line in (str(sender.get("name") or ""), str(sender.get("postal_address") or "")) if line]
    foot = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    text = marked.text
    if lines or leave:
        text += "\n-- \n" + "".join(f"{line}\n" for line in lines)
    if leave:
        mark = f"{OPEN_LINK}{len(marked.links)}{CLOSE_LINK}"
        marked.links.append(Link("unsubscribe", str(sender["unsubscribe_url"])))
        foot += f'<p>{html.escape(said.page)} <a href="{mark}">{html.escape(said.unsubscribe)}</a></p>'
        text += f"{said.page} {said.unsubscribe}: {mark}\n"
    page = (
        f'<!DOCTYPE html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{html.escape(subject)}</title>'
        f"<style>{_STYLE}</style></head><body>"
        + (f'<div class="preview">{html.escape(preview)}</div>' if preview else "")
        + '<table role="presentation" class="outer" cellpadding="0" cellspacing="0"><tr><td align="center">'
        f'<table role="presentation" class="inner" cellpadding="0" cellspacing="0">'
        f'<tr><td class="text">{marked.html}</td></tr>'
        + (f'<tr><td class="foot">{foot}</td></tr>' if foot else "")
        + f"</table></td></tr></table>{PIXEL}</body></html>"
    )
    return Marked(_INLINER.inline(page), text, marked.links, marked.refused)
