"""How Slack signs its requests (slack-contract.md §3)."""

from __future__ import annotations

import hashlib
import hmac


def signed(body: bytes, secret: str, timestamp: int) -> dict[str, str]:
    """The headers that prove this body at this time, in Unix seconds."""
    digest = hmac.new(secret.encode(), b"v0:%d:%s" % (timestamp, body), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}
