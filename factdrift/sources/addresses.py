"""Which network addresses may be fetched from: the public internet, never the machine or the network it stands in.

Knows nothing of HTTP. The table is our own, because `ipaddress.is_private` misses several of these ranges.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

_REFUSED_4 = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)

# Only 2000::/3 is global unicast at all; the rest of the table are holes inside it.
_GLOBAL_6 = IPv6Network("2000::/3")
_REFUSED_6 = (
    ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
)

_TABLE_4 = tuple((IPv4Network(network), why) for network, why in _REFUSED_4)
_TABLE_6 = tuple((IPv6Network(network), why) for network, why in _REFUSED_6)

# Prefixes that carry an IPv4 address in their last 32 bits.
_EMBED_LOW = tuple(
    IPv6Network(network) for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = (0x00005EFE, 0x02005EFE)


def refusal_of(address: str) -> str | None:
    """Why `address` must not be connected to, or None if it may. Text that is no address is refused."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    for part in (parsed, *_embedded(parsed)):
        why = _refused_range(part)
        if why:
            return why
    return None


def literal_of(host: str) -> str | None:
    """The address a URL's host spells out, or None where it is a name. Handles brackets and zone ids."""
    bare = host.strip("[]")
    try:
        ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return bare


def _embedded(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses a packet to this IPv6 address may end up at."""
    if isinstance(address, IPv4Address):
        return ()
    number = int(address)
    low = IPv4Address(number & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return (IPv4Address(number >> 80 & 0xFFFFFFFF),)
    if address in _TEREDO:
        return (IPv4Address(number >> 64 & 0xFFFFFFFF), IPv4Address(number & 0xFFFFFFFF ^ 0xFFFFFFFF))
    if any(address in network for network in _EMBED_LOW) or number >> 32 & 0xFFFFFFFF in _ISATAP:
        return (low,)
    return ()


def _refused_range(address: Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((why for network, why in _TABLE_4 if address in network), None)
    if any(address in network for network in (_SIX_TO_FOUR, *_CARRIERS)):
        return None  # judged by the IPv4 address it carries
    if address not in _GLOBAL_6:
        return "not a global IPv6 address"
    return next((why for network, why in _TABLE_6 if address in network), None)


# IPv4-mapped and NAT64 addresses lie outside 2000::/3 and still lead to the public internet.
_CARRIERS = (ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96"))
