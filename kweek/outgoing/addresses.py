"""Which addresses may we connect to? Public ones. Who writes an address in a file must not reach what is within.

A name is looked up once, and the connection goes to the very address that was checked: a name that answers otherwise
the second time (DNS rebinding) gains nothing. TLS and `Host` still ask for the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final, cast

import httpcore

from kweek.flow.public import Address, is_public

Network = IPv4Network | IPv6Network

_MOST: Final = 4  # addresses of one name that are tried


class RefusedError(Exception):
    """No address of this name may be connected to. Its text may be shown."""


def may_connect(address: Address, allow: Iterable[Network], *, plain: bool) -> bool:
    """allow: networks that somebody said may be reached, also without TLS. plain: without TLS."""
    if any(address.version == network.version and address in network for network in allow):
        return True
    return not plain and is_public(address)


class Guarded(httpcore.AsyncNetworkBackend):
    """Connections for httpcore. RefusedError where no address of the name may be had."""

    def __init__(self, allow: Sequence[Network], *, plain: bool) -> None:
        self._allow, self._plain = allow, plain
        # httpcore defines it twice, once for who lacks anyio
        self._inner = cast("httpcore.AsyncNetworkBackend", httpcore.AnyIOBackend())

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:  # fmt: skip
        failed: httpcore.ConnectError = httpcore.ConnectError("nothing answers")
        for address in (await self._checked(host, port))[:_MOST]:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failed = error
        raise failed

    async def _checked(self, host: str, port: int) -> list[Address]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError):
            raise httpcore.ConnectError(f"there is no {host}") from None
        addresses = list(dict.fromkeys(ip_address(str(one[4][0])) for one in found))
        may = [one for one in addresses if may_connect(one, self._allow, plain=self._plain)]
        if may:
            return may
        if self._plain and any(map(is_public, addresses)):
            raise RefusedError("without TLS anybody on the way can read it: write https://")
        raise RefusedError(
            f"{host} is {addresses[0]}, which is no public address; a network that may be reached all the same stands "
            "in KWEEK_OUTGOING_ALLOW"
        )
