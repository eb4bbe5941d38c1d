"""Who calls: the address before the proxies that the settings count, and whether it came over TLS.

Each proxy appends the address that it was called from to `X-Forwarded-For`, so that only as many entries as there are
proxies can be believed, from the right; whatever stands before them the caller may have written. `X-Forwarded-Host` is
not read at all, because no proxy takes away what the caller wrote there: a proxy passes `Host` on.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from litestar.types import Scope

_SCHEMES = ("http", "https")
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?", re.ASCII)
_PORT = re.compile(r":\d+$")
_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[^:]+):\d+")
_ONE_SITE = 64
"""The bits of an IPv6 address that a provider gives to one customer at least (RFC 6177)."""


def look_behind(scope: Scope, proxies: int) -> None:
    """Put the caller's own address and scheme into the request, as the last `proxies` proxies tell them."""
    if proxies:
        headers = scope["headers"]
        if forwarded := _told(headers, b"x-forwarded-for", proxies):
            bare = _WITH_PORT.fullmatch(forwarded)
            address = (bare["v6"] or bare["v4"]) if bare else forwarded
            if _parsed(address) is not None:
                scope["client"] = (address, 0)
        if (scheme := _told(headers, b"x-forwarded-proto", proxies)) in _SCHEMES:
            scope["scheme"] = scheme


def good_host(scope: Scope) -> bool:
    """Whether the request names one host, in the form of one (RFC 9112 3.2); HTTP 1.0 need not."""
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not hosts:
        return scope["http_version"] == "1.0"
    return len(hosts) == 1 and _good(hosts[0])


def host_of(scope: Scope) -> str | None:
    """The host that the request names, without its port and the brackets of IPv6."""
    named = next((value for name, value in scope["headers"] if name == b"host"), None)
    return None if named is None else _PORT.sub("", named.decode("latin-1")).strip("[]").lower()


def caller(scope: Scope) -> str:
    """The caller as it is counted: its IPv4 address, or the network of its site in IPv6."""
    client = scope["client"]
    return network(client[0]) if client else "unknown"


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The address, of IPv6 with all that its holder may take in its place."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ip_network((int(parsed), _ONE_SITE), strict=False))
    return address if parsed is None else str(parsed)


@lru_cache(maxsize=1024)
def _good(host: bytes) -> bool:
    return _HOST.fullmatch(host.decode("latin-1")) is not None


def _told(headers: Iterable[tuple[bytes, bytes]], name: bytes, proxies: int) -> str | None:
    """What the outermost of our proxies wrote; where fewer wrote anything, what the outermost of those did."""
    values = b",".join(value for each, value in headers if each == name).decode("latin-1").split(",")
    return values[-min(proxies, len(values))].strip()


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
