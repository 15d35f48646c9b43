"""What must be shown to nobody: known by its form wherever it comes from, or by its value where one is known."""

import json
import re
from collections.abc import Collection
from urllib.parse import quote, quote_plus

HIDDEN = "(hidden)"
# Shorter ones are words: hiding them would make gibberish of the text and keep no secret.
SHORTEST = 6
# In this order: Slack's tokens and response_urls, the user and password of a URL, keys in its query, and what
# authorises a request; then passwords as libpq and SQL name them, and headers. People paste things where they do not
# belong, and vendors repeat what they were given.
_SECRET = re.compile(
    r"""xox[a-z](?:\.xox[a-z])?-[^\s'"”]+|xapp-[^\s'"”]+"""
    r"""|(?<=hooks\.slack\.com/)[^\s'"”]+"""
    r"""|(?<=://)[^/\s@”]+(?=@)"""
    r"""|(?<=[?&]ticket=)[^&\s'"”]+"""
    r"""|(?<=bearer\s)[^\s'"”]+|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+"""
    r"""|(?P<label>\b(?:ssl)?(?:password|passwd|pwd)\s*=\s*)(?!\(hidden\))(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|[^&\s'"”]+)"""
    r"""|(?P<header>\b(?:authorization\W{1,6}basic\s+|x-clickhouse-key\W{1,6}))(?!\(?hidden\))[^\s'"”]+""",
    re.IGNORECASE,
)


def without_secrets(text: str, values: Collection[str] = ()) -> str:
    """The same text; lines stay lines. ``values`` are hidden as they are, and as URLs and JSON spell them."""
    for value in sorted(_spelled(values), key=len, reverse=True):
        text = text.replace(value, HIDDEN)
    return _SECRET.sub(lambda found: f"{found['label'] or found['header'] or ''}{HIDDEN}", text)


def _spelled(values: Collection[str]) -> set[str]:
    known = [one for one in values if len(one) >= SHORTEST]
    return {
        spelled for one in known for spelled in (one, quote(one, safe=""), quote_plus(one), json.dumps(one)[1:-1])
    }
