"""Where a request comes from, as far as it can be known: the socket, or what a trusted proxy says of it.

Only a neighbourhood is asked for: a household has a whole IPv6 /64 to itself and a mobile network hands IPv4 addresses
round, so single addresses count for nothing (research, reliability A11).
"""

from collections.abc import Iterable
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from photoservice.throttle import Source
from photoservice.web.asked import AnyRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOWHERE = Source(near="unknown")


def source_of(request: AnyRequest, proxies: tuple[str, ...]) -> Source:
    """Return where ``request`` comes from; X-Forwarded-For counts as far as trusted ``proxies`` vouch for it."""
    address, _ = _come_from(request, proxies)
    return neighbourhood(address) if address is not None else _NOWHERE


def is_from(request: AnyRequest, networks: tuple[str, ...], proxies: tuple[str, ...]) -> bool:
    """Say whether ``request`` comes from one of ``networks``; of one that was forwarded, only where that is believed.

    A proxy beside us that nobody named as trusted makes all the world come from here: what it forwards is from nowhere.
    """
    address, unbelieved = _come_from(request, proxies)
    return address is not None and not unbelieved and _is_in(address, _networks(networks))


def _come_from(request: AnyRequest, proxies: tuple[str, ...]) -> tuple[Address | None, list[str]]:
    """Return the farthest address that is vouched for, and what was said of hops before it that nobody vouches for."""
    trusted = _networks(proxies)
    address = _address(request.client.host) if request.client else None
    hops = [hop for line in request.headers.getall("x-forwarded-for", []) for hop in line.split(",") if hop.strip()]
    while address is not None and hops and _is_in(address, trusted):
        said = _address(hops[-1])
        if said is None:
            break
        address = said
        hops.pop()
    return address, hops


def neighbourhood(address: Address) -> Source:
    """Return the /24 of an IPv4 address; the /64 of an IPv6 one, and the /48 one customer is usually given."""
    if isinstance(address, IPv4Address):
        return Source(near=_net(address, 24))
    return Source(near=_net(address, 64), wide=_net(address, 48))


@cache
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)


def _net(address: Address, bits: int) -> str:
    return str(ip_network((int(address).to_bytes(address.max_prefixlen // 8, "big"), bits), strict=False))


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _address(text: str) -> Address | None:
    """Return the address in ``text``, without a port or a scope; one of IPv4 in IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
