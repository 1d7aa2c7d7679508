"""Is an address the internet's? Who writes one in a file must not reach what is within; the linter says it at its line,
and whoever connects asks again of what the name turned out to be.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

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
_THIS_MACHINE: Final = "localhost"  # RFC 6761, 6.3: it and all that ends in it


def is_within(url: str) -> bool:
    """Does it name what is not the internet's, in numbers or as this machine? What another name stands for, only a
    look-up knows."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host.rpartition(".")[2] == _THIS_MACHINE:
        return True
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return False


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
