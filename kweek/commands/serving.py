"""How are the pages served? By uvicorn, on a port of our own; under another secret, or on other tables, by nobody."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable
from ipaddress import ip_network

import uvicorn

from kweek.commands.books import check_books
from kweek.commands.common import listen, say
from kweek.config import Settings
from kweek.errors import KweekError, SettingsError
from kweek.leads.database import Database, DatabaseAway, NoDatabase, open_database
from kweek.pulse import Heart
from kweek.web.app import make_app
from kweek.web.assemble import open_house
from kweek.web.house import House
from kweek.web.session import login_link

_LOOK_EVERY = 2.0  # seconds between looks at a database that is away


class _Server(uvicorn.Server):
    """`refused`: why it may not go on, as it turned out while it served."""

    def __init__(self, config: uvicorn.Config, house: House, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self.house = house
        self.on_start = on_start
        self.refused: KweekError | None = None
        self.ended = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.house.seats.close()  # who watches a page would hold up the end for an hour
        await super().shutdown(sockets)


def link_to_sign_in(settings: Settings) -> str:
    """One that opens the pages, and not one that another secret signed. SecretError."""
    books = open_database(settings.database_url)
    try:
        _away(books, settings)
        return login_link(settings)
    finally:
        books.close()


def serve_pages(settings: Settings, host: str, port: int, proxies: str, ready: str | None) -> int:
    """Until told to stop; the exit code."""
    networks = _networks(proxies)
    books = open_database(settings.database_url)
    try:
        if away := _away(books, settings):
            say(f"{away}. The pages say so; it is tried until it does")
        if sys.stderr.isatty():  # a log is no place for a link that opens the pages
            say(f"Sign in, once, with {login_link(settings)}")
        house = open_house(settings)
        server = _Server(_config(house, networks), house, Heart(ready).start)
        if away:
            threading.Thread(target=_check_later, args=(server, books, settings), daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn has ended all when it hands them on; that is all
            signal.signal(number, _ended)
        with listen(host, port) as ours:
            server.run([ours])
        server.ended.set()
    finally:
        books.close()
    if server.refused is not None:
        raise server.refused
    return 0


def _away(books: Database, settings: Settings) -> str | None:
    """That the database is away. The pages are served all the same, and say so. KweekError: we may not work with it,
    or there is none where it should be."""
    try:
        check_books(books, settings)
    except NoDatabase:
        raise
    except DatabaseAway as error:
        return str(error)
    return None


def _check_later(server: _Server, books: Database, settings: Settings) -> None:
    """What could not be asked at the start is asked as soon as the database answers."""
    while not server.ended.wait(_LOOK_EVERY):
        try:
            if not _away(books, settings):
                return
        except KweekError as error:
            server.refused = error
            server.should_exit = True
            return


def _ended(number: int, frame: object) -> None:
    pass


def _config(house: House, networks: list[str]) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(house),
        log_level="warning",
        access_log=False,  # addresses of leads and tokens stand in the paths
        server_header=False,
        timeout_keep_alive=10,
        h11_max_incomplete_event_size=16 * 1024,
        limit_concurrency=512,
        forwarded_allow_ips=networks,
    )


def _networks(proxies: str) -> list[str]:
    names = [name.strip() for name in proxies.split(",") if name.strip()]
    for name in names:
        try:
            ip_network(name)
        except ValueError:
            raise SettingsError(f"--proxies: “{name}” is no address or network; write 10.0.0.0/8") from None
    return names
