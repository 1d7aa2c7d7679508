"""Which days are public holidays? Asked of the `holidays` library, which knows."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

_CODE: Final = re.compile("[A-Z]{2,3}")


@lru_cache(maxsize=512)
def holidays_of(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country (`NL`) or a part of it (`DE-BY`). ValueError: not known.

    The library counts Good Friday as a Dutch public holiday; who works on it lists its date under `open:`. It is
    imported here and only when asked: that takes longer than a whole `kweek lint` may.
    """
    import holidays

    code, _, part = country.partition("-")
    if not _CODE.fullmatch(code):  # the library would take any of its own names
        raise _unknown(country)
    try:
        return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))
    except NotImplementedError:
        raise _unknown(country) from None


def _unknown(country: str) -> ValueError:
    from kweek.flow.conditions.codes import code_meant  # only when somebody mistyped

    right = code_meant("lead.country", country) or "NL, BE, DE-BY"
    return ValueError(f"the holidays of “{country}” are not known; write an ISO code: {right}")
