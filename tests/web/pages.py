"""What do tests read from a page, and how do they press a button on it?"""

from __future__ import annotations

import re

from httpx import Response

from kweek.leads import tables
from tests.web.conftest import ORIGIN, Books, TestClient


def numbers_on(page: str) -> dict[str, int]:
    """Every number of a page, by its place."""
    found = re.findall(r'data-count="([^"]+)"[^>]*>([^<]*)<', page)
    return {place: int(number.replace("\u2009", "") or 0) for place, number in found}


def press(staff: TestClient, path: str, action: str, by: str = "anna", origin: str = ORIGIN, **fields: str) -> Response:
    return staff.post(path, data={"action": action, "by": by} | fields, headers={"origin": origin})


def told(books: Books, key: str) -> list[str]:
    """What the flow has heard of it, besides what the scene began with."""
    return [row.kind for row in books.rows(tables.events) if row.ref == key]


def form(web: TestClient, event: str = "brochure.requested", **fields: str) -> Response:
    return web.post(f"/forms/{event}", data={"email": "ann@example.com"} | fields)
