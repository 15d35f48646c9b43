"""The names that the bot uses in Temporal: workflow ids, request ids, and the summary that Temporal's web UI shows
with a run. Each kind of id is built by one function.
"""

import uuid
from urllib.parse import quote

# Shown with the run in Temporal's web UI.
SUMMARY = "Started by backfill-bot"
_PREFIX = "backfill-bot-sequence/"
# How many slashes an id with cluster, campaign and customer has. Slashes within these three are escaped.
_PARTS = 3

_REQUESTS = uuid.UUID("5f0c8f5e-6c0b-4b5b-9a3e-0d6c5b1f7a42")


def sequence_id(customer: str, cluster: str = "", campaign: str = "") -> str:
    """The workflow id that all sequences of a customer share, so that Temporal never has two of them open at once.

    The id also contains ``cluster`` and ``campaign``, if they are given. Callers give both, except for one campaign
    that may keep the ids of earlier versions, which contain no campaign (``keeps_plain_ids``). For that campaign,
    callers leave out ``campaign``, and give ``cluster`` only if several clusters share the namespace. Ids of
    different forms are never equal.
    """
    if campaign:
        return _PREFIX + "/".join(quote(part, safe="") for part in (cluster, campaign, customer))
    if cluster:
        return _PREFIX + "/".join(quote(part, safe="") for part in (cluster, customer))
    return f"backfill-bot-sequence-{customer}"


def tells_campaign(workflow_id: str) -> bool:
    """Whether the id of a sequence contains its campaign."""
    return workflow_id.startswith(_PREFIX) and workflow_id.count("/") == _PARTS


def request_id(action: str, name: str) -> str:
    """A deterministic request id: the same ``action`` and ``name`` always give the same id, so that Temporal
    recognises a repeat, from any bot process."""
    return str(uuid.uuid5(_REQUESTS, f"{action}:{name}"))


def unique() -> str:
    """A name that no other request has."""
    return uuid.uuid4().hex
