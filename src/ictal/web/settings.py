"""How the server was started: the study, where it listens, whom it believes."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from ictal.base.errors import UsageError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Provider:
    """A clinic's identity provider: its issuer, and as whom this workbench is known to it."""

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Served:
    """What a server is told when it starts.

    `site_networks` are those whose computers may read without signing in (none: site access is off); `trusted_proxies`
    those whose word about a visitor's address is taken; `workers` is how many analyses run at once.
    """

    study: Path
    host: str = "127.0.0.1"
    port: int = 8080
    https: bool = False
    site_networks: tuple[Network, ...] = ()
    trusted_proxies: tuple[Network, ...] = ()
    most_upload_bytes: int = 8 << 30
    provider: Provider | None = None
    workers: int = 1

    @property
    def local(self) -> bool:
        """Does it listen to this computer alone?"""
        return self.host in ("127.0.0.1", "::1", "localhost")

    @property
    def private(self) -> Path:
        """The folder of accounts, sessions, audit, jobs and unfinished uploads."""
        return self.study / "web"


def networks(texts: tuple[str, ...], option: str) -> tuple[Network, ...]:
    """Which networks do these texts name (`10.20.0.0/16`)?"""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text.strip(), strict=False))
        except ValueError:
            raise UsageError(f"{option} is '{text}', but must be a network such as 10.20.0.0/16.") from None
    return tuple(found)


def check_site(site: tuple[Network, ...], proxies: tuple[Network, ...]) -> None:
    """Refuse a site network that would let in whoever comes through a proxy, or everybody."""
    for network in site:
        if network.prefixlen < 8:
            raise UsageError(f"--site-network {network} is nearly the whole internet: name your hospital's own ranges.")
        for other in (*proxies, *_LOOPBACK):
            if network.version == other.version and network.overlaps(other):
                raise UsageError(
                    f"--site-network {network} holds the proxy's own address or this computer's: everyone who comes "
                    "through the proxy would be let in. Name the ranges of the readers' computers."
                )
