"""How is a PostgreSQL database opened? In UTC, where nobody waits for ever, and on connections that live.

A connection that lay for a while may lead to a server that is gone: it is asked first. One that was just used is not:
asking costs as much as a question does.
"""

from __future__ import annotations

import time
from typing import Final

import msgspec
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

_USED: Final = "kweek_used"
"""When a connection was last given back, by the clock that never goes back."""

_FRESH: Final = 5.0  # seconds


def postgresql_engine(url: URL, *, threads: int, patience: int) -> Engine:
    """patience: seconds to wait for a lock, or a connection."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=threads // 2,
        max_overflow=threads - threads // 2,
        pool_timeout=patience,
        pool_use_lifo=True,  # the idle ones age at the bottom, and a quiet process keeps few of them busy
        json_deserializer=msgspec.json.decode,
        hide_parameters=True,
        connect_args={
            "connect_timeout": 5,
            "application_name": "kweek",
            "options": f"-c timezone=UTC -c lock_timeout={patience}s",
            "keepalives_idle": 30,
            "tcp_user_timeout": 15_000,  # milliseconds until a silent server counts as gone
        },
    )

    @event.listens_for(engine, "checkin")
    def _used(connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_USED] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _lives(connection: DBAPIConnection, entry: ConnectionPoolEntry, proxy: PoolProxiedConnection) -> None:
        if time.monotonic() - entry.info.get(_USED, time.monotonic()) < _FRESH:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            if not engine.dialect.is_disconnect(error, connection, None):
                raise
            alive = False
        if not alive:
            raise InvalidatePoolError  # the others were to the same server

    return engine
