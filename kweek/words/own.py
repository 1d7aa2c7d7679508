"""What does a workspace call its own events and flows? For a tongue, which then says them as Kweek's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that importing a tongue costs nothing
    from kweek.flow.catalogue import Rules

Own = tuple[tuple[str, str], ...]


def own_words(rules: Rules, language: str, flows: Mapping[str, str] | None = None) -> Own:
    """flows: their titles, by name."""
    events = ((f"event.{name}", title) for name, title in rules.titles(language).items())
    return (*events, *((f"flow.{name}", title) for name, title in (flows or {}).items()))
