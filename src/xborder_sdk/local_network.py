"""Which hosts are devices on the local network, as printers are: told by the name alone, without asking anybody.

A name that only a name server can explain is not among them, since its answer may lead anywhere.
"""

from __future__ import annotations

import ipaddress

# Private use (RFC 1918, RFC 4193) and link-local (RFC 3927, RFC 4291 section 2.5.6). Python's `is_private` is wider.
_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10")
)
# Multicast DNS (RFC 6762 section 3) and home networks (RFC 8375): neither is ever asked of the world's name servers.
_SUFFIXES = (".local", ".home.arpa")


def is_this_machine(host: str) -> bool:
    """Whether a host is this machine's loopback.

    Args:
        host: A name or an address, without brackets.
    """
    return host.lower() in {"127.0.0.1", "localhost", "::1"}


def is_on_local_network(host: str) -> bool:
    """Whether a host is this machine or can only be on its local network: a private or link-local address, or a name
    under `.local` or `.home.arpa`.

    Args:
        host: A name or an address, without brackets.
    """
    if is_this_machine(host):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host.lower().rstrip(".").endswith(_SUFFIXES)
    return any(address in network for network in _NETWORKS)
