"""What is one section of the reference? A heading, what stands below it, and the word by which it is asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

_FORMED: Final = re.compile(r"(?<![`\w])[\w./-]*<\w+>[\w.<>/-]*(?:: [\w.<>/-]*<\w+>[\w.<>/-]*)*")


class Section(Struct, frozen=True):
    """level: of the heading, 2 or 3. body: Markdown."""

    word: str
    title: str
    level: int
    body: str = ""

    def __str__(self) -> str:
        return f"{'#' * self.level} {self.title}\n\n{self.body}".rstrip()

    def tells(self, word: str) -> bool:
        """Has it a row for this word?"""
        return any(line.startswith(f"| {code(word)} |") for line in self.body.splitlines())


def anchor(title: str) -> str:
    """As the headings of a page are named in its links."""
    return "".join(sign for sign in title.lower().replace(" ", "-") if sign.isalnum() or sign in "-_")


def code(text: str) -> str:
    return f"`{text}`"


def plainly(text: str) -> str:
    """Words with a place to fill in (`flows/<name>.yaml`) stand as code: elsewhere, Markdown takes them for a tag."""
    return _FORMED.sub(lambda found: code(found[0].rstrip(".")) + ("." if found[0].endswith(".") else ""), text)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Nothing, where there are no rows."""
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row).rstrip() for row in dict.fromkeys(map(tuple, rows))]
    if not lines:
        return ""
    return "\n".join(f"| {line} |" for line in (" | ".join(head), " | ".join("---" for _ in head), *lines))
