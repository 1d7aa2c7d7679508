"""How big is the chaos? Small in every run; at full size, half an hour of it, by `make chaos`."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Size:
    """flow: the one that sends `each` mails. kills: of the worker; blows: of the server and the database."""

    leads: int
    flow: str
    each: int
    kills: int
    blows: int


SMALL = Size(leads=40, flow="three", each=3, kills=5, blows=2)
FULL = Size(leads=200, flow="five", each=5, kills=30, blows=5)


@pytest.fixture(scope="session")
def size() -> Size:
    return FULL if os.environ.get("KWEEK_FULL_CHAOS") == "1" else SMALL
