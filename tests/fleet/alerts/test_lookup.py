"""A name means one open alert, or an error says which ones there are."""

from dataclasses import replace

import pytest

from bot.commands import Ack, Snooze
from bot.fleet.alerts.lookup import pick
from tests.fakes.episodes import episode
from tests.wording import declines

HILTON = episode("hilton", "voice-prod")
MARRIOTT = episode("marriott", "us-east-1-prod")
OTHER_HILTON = episode("hilton", "chat-prod")
UNRECOGNISED = replace(HILTON, customer="", ref=replace(HILTON.ref, workflow_id="nightly-42"))


@pytest.mark.parametrize("typed", ["hilton", "HILTON", "voice-prod/hilton", HILTON.ref.workflow_id])
def test_an_alert_is_found_by_customer_or_workflow_id(typed: str) -> None:
    assert pick(typed, [HILTON, MARRIOTT], Ack) is HILTON


def test_an_alert_without_a_recognised_customer_is_found_by_its_workflow_id() -> None:
    assert pick("voice-prod/nightly-42", [UNRECOGNISED, MARRIOTT], Ack) is UNRECOGNISED


def test_a_customer_on_two_clusters_is_asked_about() -> None:
    with declines("2 alerts are open for “hilton”") as refused:
        pick("hilton", [HILTON, OTHER_HILTON], Snooze)

    assert refused.hint == "Type /backfill snooze chat-prod/hilton or /backfill snooze voice-prod/hilton."


def test_names_with_spaces_are_offered_in_the_quotes_they_have_to_be_typed_in() -> None:
    both = [episode("Big One", "a-prod"), episode("Big One", "b-prod")]

    with declines() as refused:
        pick("big one", both, Ack)

    assert refused.hint == 'Type /backfill ack "a-prod/Big One" or /backfill ack "b-prod/Big One".'


def test_open_alerts_are_listed_as_they_have_to_be_typed() -> None:
    with declines() as refused:
        pick("xyz", [episode("Big One", "a-prod"), MARRIOTT], Ack)

    assert refused.hint == 'Alerts are open for "a-prod/Big One", us-east-1-prod/marriott.'


def test_two_alerts_of_one_customer_are_told_apart_by_workflow_id() -> None:
    second = replace(HILTON, ref=replace(HILTON.ref, workflow_id="backfill-hilton-again"))

    with declines() as refused:
        pick("hilton", [HILTON, second], Ack)

    assert "/backfill ack voice-prod/backfill-hilton-again" in refused.hint


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("hiltn", "Did you mean hilton?"), ("xyz", "Alerts are open for us-east-1-prod/marriott, voice-prod/hilton.")],
)
def test_an_unknown_name_is_answered_with_what_is_open(typed: str, hint: str) -> None:
    with declines("No alert is open") as refused:
        pick(typed, [HILTON, MARRIOTT], Ack)

    assert refused.hint == hint


def test_many_open_alerts_are_counted_rather_than_listed() -> None:
    many = [episode(f"customer-{n:03}") for n in range(40)]

    with declines() as refused:
        pick("xyz", many, Ack)

    assert refused.hint.endswith("voice-prod/customer-009 and 30 more.")


def test_without_any_open_alert_the_answer_says_so() -> None:
    with declines("No alert is open at all"):
        pick("hilton", [], Ack)
