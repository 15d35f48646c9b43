"""The names the bot uses in Temporal: workflow ids, a memo key and request ids. One function builds each id."""

import uuid
from urllib.parse import quote

# Shown with the run in Temporal's web UI.
SUMMARY = "Started by backfill-bot"

_REQUESTS = uuid.UUID("5f0c8f5e-6c0b-4b5b-9a3e-0d6c5b1f7a42")


def sequence_id(customer: str, cluster: str = "") -> str:
    """The workflow id that all sequences of a customer share, so that Temporal never has two of them open at once.
    Where clusters share a namespace, the id contains the ``cluster``; no id without a cluster has the same form."""
    if cluster:
        return f"backfill-bot-sequence/{quote(cluster, safe='')}/{quote(customer, safe='')}"
    return f"backfill-bot-sequence-{customer}"


def request_id(action: str, name: str) -> str:
    """A deterministic request id: the same ``action`` and ``name`` always give the same id, so that Temporal
    recognises a repeat, from any bot process."""
    return str(uuid.uuid5(_REQUESTS, f"{action}:{name}"))


def unique() -> str:
    """A name for a request that is like no other."""
    return uuid.uuid4().hex
