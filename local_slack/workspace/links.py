"""Finds the links in a message that lead to the domains of the app."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

_LINK = re.compile(r"<(https?://[^\s<>|]+)(?:\|[^<>]*)?>")


def shared_links(text: str, domains: Sequence[str]) -> dict[str, str]:
    """The links in a message's text that lead to one of the domains or to a subdomain, each with that domain."""
    found = {url: urlsplit(url).hostname or "" for url in _LINK.findall(text)}
    return {url: domain for url, host in found.items() if (domain := _domain_of(host, domains))}


def _domain_of(host: str, domains: Sequence[str]) -> str:
    return next((domain for domain in domains if host == domain or host.endswith(f".{domain}")), "")
