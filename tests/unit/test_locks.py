"""The two locks are of one piece: what an image runs is what was tested here, and no more than it needs."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def locked(name: str) -> dict[str, str]:
    """Package → version."""
    found = re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(found)


def names(requirements: list[str]) -> set[str]:
    """Those that this very Python needs, as locks write them."""
    read = [Requirement(text) for text in requirements]
    return {re.sub(r"[-_.]+", "-", one.name).lower() for one in read if not one.marker or one.marker.evaluate()}


ALL, RUNTIME = locked("requirements.lock"), locked("requirements.runtime.lock")


def test_what_runs_is_what_was_tested() -> None:
    """`make lock` renews both."""
    assert RUNTIME.items() <= ALL.items()


def test_all_that_runs_is_there_with_what_it_needs_itself() -> None:
    assert names(PROJECT["project"]["dependencies"]) <= RUNTIME.keys()
    here = names([found.name for found in distributions()])  # some of the lock are for other systems
    for package in RUNTIME.keys() & here:
        assert names(requires(package) or []) <= RUNTIME.keys(), package


def test_what_only_tests_need_is_not() -> None:
    groups = PROJECT["dependency-groups"]
    own = names(PROJECT["project"]["dependencies"])
    only = names([one for group in groups.values() for one in group if isinstance(one, str)]) - own
    assert not only & RUNTIME.keys()


def test_the_image_takes_the_small_one() -> None:
    image = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes requirements.runtime.lock" in image
    assert "requirements.lock" not in image
