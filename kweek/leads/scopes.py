"""What may a key be made for? The scopes, in the words of whoever makes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Scope = Literal["events:write", "leads:write", "leads:read", "work:write", "pages"]

SCOPES: Final[Mapping[Scope, str]] = {
    "events:write": "say what a lead did",
    "leads:write": "send leads in, and have them enter a flow",
    "leads:read": "ask what is known of a lead",
    "work:write": "say what became of calls, handovers and tasks",
    "pages": "look at the pages of colleagues, and press what they press there",
}
