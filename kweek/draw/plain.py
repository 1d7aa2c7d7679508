"""What may stand in a picture? Characters that can be seen: an author's file may hold others."""

from __future__ import annotations

import re
from typing import Final

_UNSEEN: Final = re.compile(
    "[^\x20-\x7e\xa0-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)


def plain(text: str) -> str:
    """Without what is no character of XML, steers a terminal, or turns the direction of what follows it."""
    return _UNSEEN.sub("\ufffd", text)
