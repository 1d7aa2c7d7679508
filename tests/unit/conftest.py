"""What do unit tests share? A copy of the workspace that ships, where mails are rendered, an empty memory of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kweek.mails.render import Renderer
from tests.unit import manual


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    with Renderer(seconds=30) as one:
        yield one


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return manual.shipped(tmp_path)


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the command remembers of mails is remembered for one test."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder
