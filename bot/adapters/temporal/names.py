"""What the bot calls its own things in Temporal: ids, a memo key, request ids. One function builds each id."""

import uuid

# Which order a run was started by: in the memo of the team's workflows, beside the hints.
ORDER_KEY = "BackfillBotToken"
# What Temporal's web UI shows with a run.
SUMMARY = "Started by backfill-bot"

_REQUESTS = uuid.UUID("5f0c8f5e-6c0b-4b5b-9a3e-0d6c5b1f7a42")


def sequence_id(customer: str) -> str:
    """The workflow id of a customer's sequence: the same for every one, so that two are never open."""
    return f"backfill-bot-sequence-{customer}"


def request_id(what: str, name: str) -> str:
    """The same for the same request, whoever sends it and however often."""
    return str(uuid.uuid5(_REQUESTS, f"{what}:{name}"))
