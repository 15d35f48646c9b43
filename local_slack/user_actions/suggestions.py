"""What an app may answer to a block_suggestion: options or option groups, at most 100 (slack-contract.md §4.4)."""

from __future__ import annotations

from typing import Any

from local_slack.delivery.delivery import Delivery, DeliveryError
from local_slack.errors import Json, Problem
from local_slack.validation.objects import OPTION_GROUP, SELECT_OPTION
from local_slack.validation.rules import exactly_one_of, items, record
from local_slack.workspace.views import OpenView

_OFFER = record(
    {},
    {"options": items(SELECT_OPTION, 100, least=0), "option_groups": items(OPTION_GROUP, 100, least=0)},
    exactly_one_of("options", "option_groups"),
)


def take_offer(view: OpenView, action_id: str, delivery: Delivery) -> Json:
    """The options offered, by group where there are groups; the view remembers that they may be chosen."""
    empty: Json = {"options": [], "option_groups": []}
    if delivery.error is not None:
        return empty
    problems: list[Problem] = list(_OFFER(delivery.ack, ""))
    if problems:
        delivery.error = DeliveryError.DISPATCH
        delivery.ack_errors = [str(problem) for problem in problems]
        return empty
    offer: Json = empty | delivery.ack
    remembered = {option["value"]: option for option in view.suggested.get(action_id, ())}
    remembered |= {option["value"]: option for option in _flat(offer)}
    view.suggested[action_id] = list(remembered.values())
    return offer


def _flat(offer: Json) -> list[Any]:
    return [*offer["options"], *(option for group in offer["option_groups"] for option in group["options"])]
