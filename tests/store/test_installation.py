"""Nobody works under another secret than the one that the database was set up with, and none is made anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from kweek.config import Settings, settings
from kweek.intake.renewal import renew
from kweek.intake.suppress import SUPPRESSION
from kweek.leads.database import Database
from kweek.leads.installation import hold_to_secret, is_held_to
from kweek.leads.permission import address_key, suppressed
from kweek.leads.tables import events, leads, mails
from kweek.secret import SecretError, make_secret, read_secret
from tests.store.making import NOW


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return settings({"KWEEK_DATA": str(tmp_path / "data")}, tmp_path)


def a_lead(db: Database, lead: str = "l1") -> None:
    address = f"{lead}@there.example"
    with db.write() as tx:
        row = {"id": lead, "email": address, "email_key": address, "phone": "+31201234567", "created_at": NOW}
        tx.execute(insert(leads).values(**row, fields={}))


def lose(own: Settings) -> None:
    own.secret_file.unlink()
    read_secret.cache_clear()  # as a process that starts


def test_a_new_installation_gets_its_secret_from_who_prepares_it_only(database: Database, own: Settings) -> None:
    with pytest.raises(SecretError, match="there is no secret yet"):
        hold_to_secret(database, own)
    hold_to_secret(database, own, make=True)
    hold_to_secret(database, own)
    assert own.secret


def test_a_secret_that_is_gone_is_not_made_anew(database: Database, own: Settings) -> None:
    hold_to_secret(database, own, make=True)
    lose(own)
    with pytest.raises(SecretError, match=r"is gone\. Links in mails"):
        hold_to_secret(database, own, make=True)
    assert not own.secret_file.exists()


def test_nor_where_leads_were_there_before_it_was_marked(database: Database, own: Settings) -> None:
    """A database of an earlier release, put back without its secret."""
    a_lead(database)
    with pytest.raises(SecretError, match="is gone"):
        hold_to_secret(database, own, make=True)
    make_secret(own.secret_file)
    hold_to_secret(database, own)


def test_another_secret_is_refused(database: Database, own: Settings, tmp_path: Path) -> None:
    hold_to_secret(database, own, make=True)
    other = replace(own, secret_file=tmp_path / "other")
    make_secret(other.secret_file)
    with pytest.raises(SecretError, match="is not the one that this lead database was set up with") as refused:
        hold_to_secret(database, other, make=True)
    assert refused.value.exit_code == 2
    assert own.secret.decode() not in str(refused.value)


def test_a_secret_whose_place_was_named_is_never_made(database: Database, tmp_path: Path) -> None:
    named = settings({"KWEEK_SECRET_FILE": str(tmp_path / "misspelt")}, tmp_path)
    with pytest.raises(SecretError, match=r"no such file\. To make one: .*base64 > .*/misspelt"):
        hold_to_secret(database, named, make=True)
    assert not named.secret_file.exists()


def test_who_must_hear_nothing_is_known_again_under_a_new_secret(database: Database, own: Settings) -> None:
    hold_to_secret(database, own, make=True)
    for lead in ("unsubscribed", "complained", "objected", "bounced", "silent"):
        a_lead_with_a_mail(database, lead)
    lose(own)
    make_secret(own.secret_file)
    assert not is_held_to(database, own)
    assert renew(database, own) == 6
    assert is_held_to(database, own)
    expected = {
        ("email", "unsubscribed@there.example"): "unsubscribed",
        ("email", "unsubscribed@before.example"): "unsubscribed",  # where the mail went that brought it about
        ("email", "complained@there.example"): "complained",
        ("telephone", "+31objected"): "objected",
        ("email", "bounced@before.example"): "bounced",
        ("email", "objected@there.example"): None,
        ("email", "silent@there.example"): None,
    }
    key = own.key(SUPPRESSION)
    with database.read() as tx:
        found = {one: suppressed(tx, one[0], address_key(key, one[1])) for one in expected}
    assert found == expected


def a_lead_with_a_mail(db: Database, lead: str) -> None:
    """It did what it is called."""
    a_lead(db, lead)
    with db.write() as tx:
        tx.execute(update(leads).where(leads.c.id == lead).values(phone=f"+31{lead}"))
        mail = {"key": f"{lead}/1", "lead_id": lead, "audience": "lead", "mail": "m", "kind": "marketing"}
        status = "bounced" if lead == "bounced" else "sent"
        tx.execute(insert(mails).values(**mail, recipient=f"{lead}@before.example", status=status, claimed_at=NOW))
        if lead not in ("silent", "bounced"):
            event = {"lead_id": lead, "seq": 1, "id": f"{lead}-1", "kind": lead, "at": NOW, "recorded_at": NOW}
            tx.execute(insert(events).values(**event, ref=f"{lead}/1", data={}))
