"""Many copies of the web are one: what one of them was told, the others know; none needs a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kweek.web.app import make_app
from kweek.web.house import House
from kweek.web.session import login_link
from tests.web.conftest import TestClient


@pytest.fixture
def copy(house: House) -> Iterator[TestClient]:
    """Another copy, on a machine where nothing may be written."""
    elsewhere = replace(house, settings=replace(house.settings, data=Path("/proc/nothing")))
    with TestClient(make_app(elsewhere), raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


def test_a_link_that_was_used_at_one_copy_is_used(web: TestClient, copy: TestClient, house: House) -> None:
    path = login_link(house.settings).removeprefix(house.settings.base_url)
    assert copy.get(path).status_code == 303
    assert web.get(path).status_code == 401
    web.cookies.update(copy.cookies)
    assert web.get("/").status_code == 200
