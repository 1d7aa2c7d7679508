"""What is said of a file that cannot be taken in? A sentence of the catalogues, so that it is said in any language."""

from __future__ import annotations

from typing import ClassVar

from kweek.errors import KweekError
from kweek.words import Tongue


class SaidError(KweekError):
    """key: of the sentence, with what goes into it. As a text it is English, as all that commands say."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(Tongue("en")(key, **values))
        self.key, self.values = key, values

    def say(self, tongue: Tongue) -> str:
        return tongue(self.key, **self.values)


class FileError(SaidError):
    """The file as a whole cannot be read."""


class HowError(SaidError):
    """What was asked for makes no sense. field: of the page, or the option."""

    exit_code: ClassVar[int] = 2

    def __init__(self, field: str, key: str, **values: object) -> None:
        super().__init__(key, **values)
        self.field = field
