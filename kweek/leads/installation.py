"""Is this the secret that the database was set up with? Nobody works with another one, and one is made only once.

With another secret whoever unsubscribed would be written to again: the database knows addresses that must not be used
by a hash under it.
"""

from __future__ import annotations

import hmac

from sqlalchemy import Connection, select, update

from kweek.config import Settings, variable
from kweek.leads.database import Database
from kweek.leads.rows import insert_once
from kweek.leads.tables import installation, leads
from kweek.secret import SecretError, how_to_make, make_secret

_LOST = (
    "Links in mails that left are signed with it, and whoever unsubscribed is recognised by it. Put it back from a "
    f"backup, or say with {variable('secret_file')} where it is. If it is lost for good: `kweek doctor --new-secret`"
)


def hold_to_secret(db: Database, settings: Settings, *, make: bool = False) -> None:
    """Go on only with the right one. make: a new installation gets its secret now. SecretError, DatabaseAway."""
    file = settings.secret_file
    with db.read() as tx:
        marked, new = _mark(tx), tx.execute(select(leads.c.id).limit(1)).first() is None
    if not file.exists():
        if marked is not None or not new:
            raise SecretError(f"the secret ({file}) is gone. {_LOST}")
        if "secret_file" in settings.said:
            raise SecretError(
                f"the secret should be in {file}, and there is no such file. To make one: {how_to_make(file)}"
            )
        if not make:
            raise SecretError(f"there is no secret yet ({file}); `kweek up` makes it, or `kweek migrate`")
        make_secret(file)
    own = mark_of(settings)
    if marked is None:
        with db.write() as tx:  # of two first starts with two secrets, the second one is refused
            insert_once(tx, installation, {"id": 1, "secret_mark": own}, key="id")
            marked = _mark(tx) or own
    if not hmac.compare_digest(marked, own):
        raise SecretError(f"the secret in {file} is not the one that this lead database was set up with. {_LOST}")


def is_held_to(db: Database, settings: Settings) -> bool:
    """Is it there, and the right one? DatabaseAway."""
    try:
        hold_to_secret(db, settings)
    except SecretError:
        return False
    return True


def mark_of(settings: Settings) -> str:
    """What is kept of a secret: enough to know it again, and nothing that helps to find it."""
    return settings.key("mark of the secret").hex()


def remember(tx: Connection, mark: str) -> None:
    """This is the installation's secret from now on."""
    if not insert_once(tx, installation, {"id": 1, "secret_mark": mark}, key="id"):
        tx.execute(update(installation).values(secret_mark=mark))


def _mark(tx: Connection) -> str | None:
    return tx.execute(select(installation.c.secret_mark)).scalar_one_or_none()
