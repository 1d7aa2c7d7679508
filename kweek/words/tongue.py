"""How is a sentence said to this reader? By its key, filled in, in his language; and so are moments and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Final

from kweek.words.catalogue import Catalogue, catalogue, languages
from kweek.words.own import Own

LANGUAGES: Final = languages()
_ENGLISH: Final = "en"  # says what another catalogue has not yet


@dataclass(frozen=True)
class Tongue:
    """One of LANGUAGES, spoken: `tongue("home.leads", count=3)`. own: what a workspace calls its own things, by key:
    `event.brochure.requested`."""

    language: str
    own: Own = ()

    def __call__(self, key: str, **values: object) -> str:
        """The sentence of this key, with its `{values}` filled in: numbers, days and moments as this language
        writes them.

        KeyError for a key that no catalogue has.
        """
        if key in self._own:
            return self._own[key]
        spoken = self._catalogue if key in self._catalogue.sentences else catalogue(_ENGLISH)
        forms = spoken.sentences[key]
        count = values.get("count", 0)
        sentence = forms[spoken.form(count) if isinstance(count, int) and len(forms) > 1 else 0]
        return sentence.format(**{name: self._value(value) for name, value in values.items()}) if values else sentence

    def knows(self, key: str) -> bool:
        return key in self._catalogue.sentences or key in catalogue(_ENGLISH).sentences or key in self._own

    def maybe(self, key: str, other: str) -> str:
        """The sentence; `other` where nobody has written this key: a word of the workspace's own."""
        return self(key) if self.knows(key) else other

    # --- as this language writes it -----------------------------------------------------------------

    def number(self, value: float) -> str:
        return _number(value, self._catalogue.locale)

    def percent(self, share: float) -> str:
        """0.25: “25%”, “25 %”."""
        from babel.numbers import format_percent

        return format_percent(share, locale=self._catalogue.locale)

    def money(self, cents: float, currency: str) -> str:
        """`€1,250.00`, `€ 12,50`. currency: ISO 4217."""
        from babel.numbers import format_currency

        return format_currency(cents / 100, currency, locale=self._catalogue.locale)

    def day(self, value: date) -> str:
        """`2 Mar 2026`, on the clock of the value."""
        return _day(value.date() if isinstance(value, datetime) else value, self._catalogue.locale)

    def time(self, value: datetime) -> str:
        """`09:00`, on the clock of the value."""
        return _time(value.hour, value.minute, self._catalogue.locale)

    def moment(self, value: datetime) -> str:
        """`2 Mar 2026 09:00`, on the clock of the value."""
        return f"{self.day(value)} {self.time(value)}"

    def span(self, value: timedelta) -> str:
        """`3 d 4 h`, `4 h 10 min`, `2 min`: two units at most, and never less than nothing."""
        minutes = int(abs(value).total_seconds() // 60)
        days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
        units = [("span.day", days), ("span.hour", hours), ("span.minute", 0 if days else minutes)]
        said = [self(key, count=amount) for key, amount in units if amount]
        return " ".join(said) or self("span.minute", count=0)

    @cached_property
    def _own(self) -> Mapping[str, str]:
        return dict(self.own)

    @cached_property
    def _catalogue(self) -> Catalogue:
        return catalogue(self.language)

    def _value(self, value: object) -> object:
        match value:
            case bool():
                return value
            case int() | float():
                return self.number(value)
            case Decimal():  # with the digits that it has, to be written again
                return str(value).replace(".", _point(self._catalogue.locale))
            case datetime():
                return self.moment(value)
            case date():
                return self.day(value)
            case _:
                return value


# A page says the same days and numbers again and again, and each takes Babel half a millisecond.


@lru_cache(maxsize=4096)
def _number(value: float, locale: str) -> str:
    from babel.numbers import format_decimal

    return format_decimal(value, locale=locale)


@lru_cache(maxsize=16)
def _point(locale: str) -> str:
    from babel.numbers import get_decimal_symbol

    return get_decimal_symbol(locale)


@lru_cache(maxsize=4096)
def _day(value: date, locale: str) -> str:
    from babel.dates import format_skeleton

    return format_skeleton("yMMMd", value, locale=locale)


@lru_cache(maxsize=4096)
def _time(hour: int, minute: int, locale: str) -> str:
    from babel.dates import format_skeleton

    return format_skeleton("Hm", datetime(2000, 1, 1, hour, minute, tzinfo=UTC), locale=locale)
