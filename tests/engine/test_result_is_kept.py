"""The relay took the mail, and then the database is away: what the relay said is not forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from activities import post as of_post
from activities.claims import Claims
from kweek.leads.database import DatabaseAway
from tests.engine.post_office import office
from tests.engine.smtp_server import Told, serving


async def test_a_database_that_comes_back_still_hears_that_the_mail_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_post, "_PAUSE", 0.01)
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}?tls=off") as post:
            post.lead()
            key, tries = post.order(), 0
            write_down = Claims.write_down

            def away_at_first(*args: object) -> None:
                nonlocal tries
                tries += 1
                if tries < 4:
                    raise DatabaseAway("away")
                write_down(*args)  # type: ignore[arg-type]

            monkeypatch.setattr(Claims, "write_down", away_at_first)
            await post.ask(key)
            assert (post.mail(key).status, tries, len(told.got)) == ("sent", 4, 1)


async def test_a_database_that_stays_away_is_not_waited_for_beyond_the_lease(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_post, "_PAUSE", 0.01)
    async with serving(Told()) as told:
        with office(tmp_path, f"smtp://127.0.0.1:{told.port}?tls=off") as post:

            def away(*_: object) -> None:
                post.real += timedelta(seconds=1)
                raise DatabaseAway("away")

            monkeypatch.setattr(Claims, "write_down", away)
            post.lead()
            key = post.order()
            with pytest.raises(DatabaseAway):
                await post.ask(key)
            assert post.mail(key).status == "claimed"
            assert post.real <= post.mail(key).lease_until_real
            assert len(told.got) == 1
