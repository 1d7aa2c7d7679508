"""An office with a relay that says what the test wants, and attempts that fail as Temporal may know of them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from tests.engine.post_office import Office, office
from tests.engine.smtp_server import Told, serving


@asynccontextmanager
async def relayed(
    folder: Path, say: dict[str, Any] | None = None, **options: Any
) -> AsyncGenerator[tuple[Told, Office]]:
    """say: what the relay answers to each command, where it is not content. options: of the office."""
    async with serving(Told(say=say or {})) as told:
        with office(folder, f"smtp://127.0.0.1:{told.port}", **options) as post:
            yield told, post


async def failing(work: Any) -> ApplicationError:
    """One attempt that Temporal shall try again; what it would keep of the failure names nobody."""
    with pytest.raises(ApplicationError) as failed:
        await work
    kept = f"{failed.value!r} {failed.value.__cause__!r} {failed.value.details}"
    assert not re.search(r"planted|there\.example", kept, re.IGNORECASE)
    assert failed.value.__cause__ is None
    return failed.value
