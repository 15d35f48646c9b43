"""The direct messages that people have asked for."""

from dataclasses import replace

import pytest

from bot.blocks.notifications import draw
from bot.fleet.notifications.notification import dump, parse
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, CustomerStopped, PersonalNote
from bot.model import AlertReason, Phase, SequenceEnd
from tests.blocks.gate import taken_by_slack
from tests.fleet.builders import CAMPAIGN, NOW
from tests.fleet.sequences import progress

ALERT = CustomerAlert("voice-prod", "hilton", AlertReason.HEARTBEAT_TIMEOUT, "https://temporal.test/hilton")


def text(note: PersonalNote) -> str:
    """What is read, after the store has kept it."""
    return taken_by_slack(draw(parse(dump(note)))).text


@pytest.mark.parametrize(("is_verified", "proof"), [(True, "counts match"), (False, "not counted yet")])
def test_who_is_complete_is_told_with_its_proof(is_verified: bool, proof: str) -> None:
    shown = text(CustomerComplete("voice-prod", "hilton", CAMPAIGN, is_verified, NOW))

    assert shown.startswith(f"hilton on voice-prod is complete: 51 days, {proof}.")
    assert "/backfill verify voice-prod/hilton counts again." in shown


def test_who_needs_a_person_is_told_with_the_reason_and_a_link() -> None:
    assert text(ALERT).startswith(
        "hilton on voice-prod needs a person: it timed out on heartbeat. /backfill status voice-prod/hilton"
    )
    assert "<https://temporal.test/hilton|Temporal>" in str(draw(ALERT).blocks)


def test_a_sequence_that_has_stopped_is_told_with_what_is_missing() -> None:
    shown = text(CustomerStopped(progress(phase=Phase.ENDED, end=SequenceEnd.STOPPED)))

    assert shown.startswith("hilton on voice-prod needs a person. Its sequence: stopped with ")
    assert "/backfill status voice-prod/hilton says more." in shown


@pytest.mark.parametrize(
    "note",
    [
        CustomerComplete("voice-prod", "hilton", CAMPAIGN, True, NOW, "march"),
        replace(ALERT, campaign="march"),
        CustomerStopped(progress(phase=Phase.ENDED, end=SequenceEnd.STOPPED), "march"),
    ],
    ids=lambda note: note.kind,
)
def test_where_several_campaigns_are_known_a_note_and_its_command_name_its_own(note: PersonalNote) -> None:
    shown = text(note)

    assert shown.startswith("hilton on voice-prod in march ")
    assert " voice-prod/hilton in march " in shown


def test_a_name_with_spaces_is_shown_as_it_is_typed() -> None:
    odd = CustomerAlert("voice-prod", "Big One, Inc.", AlertReason.FAILED, "")

    assert '/backfill status "voice-prod/Big One, Inc." says more.' in text(odd)
