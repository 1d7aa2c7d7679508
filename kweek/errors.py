"""What can go wrong, in a person's words: one tree, each message says what to do."""

from __future__ import annotations


class KweekError(Exception):
    """The root. Its text is for the person who can do something about it."""
