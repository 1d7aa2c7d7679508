"""What can go wrong, in a person's words: one tree, each message says what to do."""

from __future__ import annotations

from typing import ClassVar


class KweekError(Exception):
    """The root. Its text is for the person who can do something about it."""

    exit_code: ClassVar[int] = 1
    """What a command answers the shell with: 1 problems found, 2 not understood, 3 a part is away."""


class SettingsError(KweekError):
    """A setting cannot be used. The text names it, and never shows a value that may hold a password."""

    exit_code = 2


class TemporalAway(KweekError):
    """Temporal does not answer."""

    exit_code = 3
