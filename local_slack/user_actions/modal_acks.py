"""Applies the acks of view submissions and of block suggestions."""

from __future__ import annotations

from typing import Any

from local_slack.delivery.deliveries import Delivery, DeliveryError
from local_slack.errors import Json, Problem, SlackError
from local_slack.validation import Surface, check_view
from local_slack.validation.objects import OPTION_GROUP, SELECT_OPTION
from local_slack.validation.rules import exactly_one_of, items, record
from local_slack.workspace.views import OpenView, Views

NO_ACK_NOTICE = "We had some trouble connecting. Try again?"
_BELONGS = {"clear": set[str](), "errors": {"errors"}, "update": {"view"}, "push": {"view"}}
"""The fields that each response_action takes."""


def apply_submission_ack(view: OpenView, delivery: Delivery, views: Views) -> None:
    """Applies the ack of a submission. Without a valid ack the view stays open and shows a notice."""
    if not views.is_open(view):
        return
    if delivery.error is None:
        try:
            _carry_out(view, delivery.ack, views)
        except SlackError as refusal:
            delivery.error = DeliveryError.DISPATCH
            delivery.ack_errors = refusal.errors or [refusal.code]
    if delivery.error is not None:
        view.notice = NO_ACK_NOTICE
    views.changed()


def _carry_out(view: OpenView, ack: Any, views: Views) -> None:
    if ack is None or ack in ("", {}):
        views.close(view)
        return
    action = _action_of(ack)
    if action == "clear":
        views.close_all(view.user)
    elif action == "errors":
        view.errors = _field_errors(view, ack.get("errors"))
    elif action == "update":
        views.update(view.id, check_view(ack.get("view"), Surface.MODAL), None)
    else:
        views.push(view.id, check_view(ack.get("view"), Surface.MODAL))


def _action_of(ack: Any) -> str:
    if not isinstance(ack, dict):
        raise SlackError("invalid_arguments", [Problem("", "must provide an object")])
    action = ack.get("response_action")
    if not isinstance(action, str) or action not in _BELONGS:
        raise SlackError("invalid_arguments", [Problem("/response_action", "must be a valid enum value")])
    strange = [name for name in ack if name != "response_action" and name not in _BELONGS[action]]
    if strange:
        raise SlackError("invalid_arguments", [Problem("", f"invalid additional property: {strange[0]}")])
    return action


def _field_errors(view: OpenView, given: Any) -> dict[str, str]:
    """Returns the errors by block id. Raises SlackError unless all are sentences about input blocks of this view."""
    if not isinstance(given, dict) or not given:
        raise SlackError("invalid_arguments", [Problem("/errors", "must provide an object")])
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    problems = [Problem(f"/errors/{name}", "must name an input block") for name in given if name not in inputs]
    problems += [
        Problem(f"/errors/{n}", "must provide a string") for n, words in given.items() if not _is_sentence(words)
    ]
    if problems:
        raise SlackError("invalid_arguments", problems)
    return dict[str, str](given)


def _is_sentence(sentence: Json | str) -> bool:
    return isinstance(sentence, str) and bool(sentence)


OFFER = record(
    {},
    {"options": items(SELECT_OPTION, 100, least=0), "option_groups": items(OPTION_GROUP, 100, least=0)},
    exactly_one_of("options", "option_groups"),
)


def apply_suggestion_ack(view: OpenView, action_id: str, delivery: Delivery) -> Json:
    """Returns the options and option groups that the ack offers; both are empty without a valid ack. The view
    remembers the offered options as choices."""
    empty: Json = {"options": [], "option_groups": []}
    if delivery.error is not None:
        return empty
    problems: list[Problem] = list(OFFER(delivery.ack, ""))
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
