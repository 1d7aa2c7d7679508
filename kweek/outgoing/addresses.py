"""Which addresses may we connect to? Public ones. Who writes an address in a file must not reach what is within.

A name is looked up once, and the connection goes to the very address that was checked: a name that answers otherwise
the second time (DNS rebinding) gains nothing. TLS and `Host` still ask for the name.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, cast

import httpcore

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_PUBLIC6: Final = ip_network("2000::/3")  # RFC 4291: all that is global unicast today
_V4_IN_V6: Final = ip_network("64:ff9b::/96")  # RFC 6052: a NAT64's way to the last 32 bits
_NOT_PUBLIC: Final = (
    ip_network("2002::/16"),  # RFC 3056: leads to any IPv4 address
    ip_network("168.63.129.16/32"),  # Azure's own server for its machines
    *map(
        ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")
    ),  # not in the tables of every Python that we run on
)
_MOST: Final = 4  # addresses of one name that are tried


class RefusedError(Exception):
    """No address of this name may be connected to. Its text may be shown."""


def may_connect(address: Address, allow: Iterable[Network], *, plain: bool) -> bool:
    """allow: networks that somebody said may be reached, also without TLS. plain: without TLS."""
    if any(address.version == network.version and address in network for network in allow):
        return True
    return not plain and is_public(address)


def is_public(address: Address) -> bool:
    """Is it the internet's? What stands for an IPv4 address is judged as that one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if address in _V4_IN_V6:
            inner = IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        if address not in _PUBLIC6:
            return False
    if any(address.version == network.version and address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


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
