"""What stands in a field that several may change at once? What was typed, and beside it what it is by now."""

from __future__ import annotations

from dataclasses import dataclass

from kweek.intake.correcting import plain


@dataclass(frozen=True, slots=True)
class Input:
    """One field. was: as it stands in the books now. fault: what is wrong with what was typed. meanwhile: another one
    changed it; now: what it is since, in words, or None; by: who did, where that is known."""

    name: str
    label: str
    type: str
    was: str
    value: str
    most: int
    fault: str | None = None
    meanwhile: bool = False
    now: str | None = None
    by: str | None = None
    help: str | None = None

    @property
    def wrong(self) -> bool:
        return self.fault is not None or self.meanwhile


@dataclass(frozen=True, slots=True)
class Sent:
    """A field as it came back. was: as it stood on the page."""

    was: str
    typed: str

    @property
    def touched(self) -> bool:
        return plain(self.typed) != plain(self.was)

    def value(self, now: str) -> str:
        """What was typed is kept; where nobody typed, it says what is known by now."""
        return self.typed if self.touched else now

    def meanwhile(self, now: str) -> bool:
        """Did another one write something else into it since?"""
        return self.touched and plain(now) not in (plain(self.was), plain(self.typed))
