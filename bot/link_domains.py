"""The domains of Temporal's web UIs. The bot shows cards for links to them, so the app's manifest has to name
them."""

import tomllib
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# An app may name at most this many domains (https://docs.slack.dev/reference/app-manifest).
MOST_DOMAINS = 5
CONFIGURATION = "backfill.toml"


def link_domains(uis: Iterable[str]) -> tuple[str, ...]:
    """The first ``MOST_DOMAINS`` hosts of these addresses that Slack accepts as domains: no IP addresses, no names
    without a dot, such as localhost, and no names under ``.localhost``."""
    hosts = dict.fromkeys(map(_host, uis))
    return tuple(host for host in hosts if "." in host and not _is_local(host))[:MOST_DOMAINS]


def temporal_uis(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The address of each cluster's web UI in backfill.toml, even if other parts of that file are invalid; empty if
    the file cannot be read or is not TOML."""
    path = Path(environ.get("BACKFILL_CONFIG") or CONFIGURATION)
    try:
        file = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    clusters = _table(file.get("clusters"))
    uis = (_table(_table(cluster).get("temporal")).get("ui") for cluster in clusters.values())
    return tuple(ui for ui in uis if isinstance(ui, str))


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _is_local(host: str) -> bool:
    """Whether the host is an IP address, or a name that ends in ``.localhost``."""
    try:
        ip_address(host)
    except ValueError:
        return host.endswith(".localhost")
    return True
