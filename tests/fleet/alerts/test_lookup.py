"""A name means one open alert, or a refusal holds which ones there are."""

from dataclasses import replace

import pytest

from bot.commands import Ack, Request, Snooze
from bot.fleet.alerts.lookup import pick
from bot.fleet.refusals.declined import Declined, Refusal
from bot.fleet.refusals.requests import NoAlert, SeveralAlerts
from bot.model import Episode
from tests.fakes.episodes import episode

HILTON = episode("hilton", "voice-prod")
MARRIOTT = episode("marriott", "us-east-1-prod")
OTHER_HILTON = episode("hilton", "chat-prod")
UNRECOGNISED = replace(HILTON, customer="", ref=replace(HILTON.ref, workflow_id="nightly-42"))


@pytest.mark.parametrize("typed", ["hilton", "HILTON", "voice-prod/hilton", HILTON.ref.workflow_id])
def test_an_alert_is_found_by_customer_or_workflow_id(typed: str) -> None:
    assert pick(typed, [HILTON, MARRIOTT], Ack) is HILTON


def test_alerts_whose_names_differ_in_case_are_told_apart_by_it() -> None:
    upper = replace(HILTON, customer="Hilton", ref=replace(HILTON.ref, workflow_id="another"))

    assert pick("Hilton", [HILTON, upper], Ack) is upper
    assert pick("voice-prod/hilton", [HILTON, upper], Ack) is HILTON
    assert isinstance(refusal("HILTON", [HILTON, upper]), SeveralAlerts)


def test_alerts_on_two_clusters_whose_names_differ_in_case_are_asked_about() -> None:
    upper = replace(OTHER_HILTON, customer="Hilton")

    assert isinstance(refusal("hilton", [HILTON, upper]), SeveralAlerts)


def test_an_alert_without_a_recognised_customer_is_found_by_its_workflow_id() -> None:
    assert pick("voice-prod/nightly-42", [UNRECOGNISED, MARRIOTT], Ack) is UNRECOGNISED


def refusal(target: str, episodes: list[Episode], command: type[Request] = Ack) -> Refusal:
    with pytest.raises(Declined) as refused:
        pick(target, episodes, command)
    return refused.value.reason


def test_a_customer_on_two_clusters_is_asked_about() -> None:
    names = ("chat-prod/hilton", "voice-prod/hilton")

    assert refusal("hilton", [HILTON, OTHER_HILTON], Snooze) == SeveralAlerts("hilton", 2, "snooze", names)


def test_two_alerts_of_one_customer_are_told_apart_by_workflow_id() -> None:
    second = replace(HILTON, ref=replace(HILTON.ref, workflow_id="backfill-hilton-again"))
    names = (f"voice-prod/{HILTON.ref.workflow_id}", "voice-prod/backfill-hilton-again")

    assert refusal("hilton", [HILTON, second]) == SeveralAlerts("hilton", 2, "ack", tuple(sorted(names)))


@pytest.mark.parametrize(("typed", "nearest"), [("hiltn", "hilton"), ("xyz", "")])
def test_an_unknown_name_is_answered_with_what_is_open(typed: str, nearest: str) -> None:
    names = ("us-east-1-prod/marriott", "voice-prod/hilton")

    assert refusal(typed, [HILTON, MARRIOTT]) == NoAlert(typed, nearest, names)


def test_without_any_open_alert_the_answer_says_so() -> None:
    assert refusal("hilton", []) == NoAlert("hilton", "", ())


def test_an_alert_is_found_whose_name_nobody_can_type_as_it_is() -> None:
    brien = replace(HILTON, customer="O’Brien")

    assert pick("voice-prod/O'Brien", [brien, MARRIOTT], Ack) == brien
