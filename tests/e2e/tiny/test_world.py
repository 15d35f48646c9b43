"""Looking and acting in a small world: what people ask, mistype, may not do and press."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.control import Control
from tests.e2e.processes import eventually

pytestmark = pytest.mark.timeout(1_200)

RANGE = "Jan 1–10 (10 days)"
SOON, LATER = (datetime.now(UTC).date() + timedelta(days=days) for days in (2, 32))

MISTAKES = [
    ("/backfill frobnicate", "There is no command “frobnicate”."),
    ("/backfill stauts", "Did you mean /backfill status?"),
    ("/backfill help verfy", "Did you mean /backfill help verify?"),
    ("/backfill status tobig", "There is no cluster or customer “tobig”. Did you mean toobig?"),
    ("/backfill verify alhpa", "Did you mean alpha?"),
    ("/backfill status alpha/tobig", "There is no customer “tobig” on alpha. Did you mean alpha/toobig?"),
    ("/backfill status beta/toobig", "There is no customer “toobig” on beta."),
    ("/backfill status done-1", "“done-1” is on 2 clusters. Say which: alpha/done-1 or beta/done-1."),
    ("/backfill verify done-1", "Say which: alpha/done-1 or beta/done-1."),
    ("/backfill verify", "verify needs a customer, a cluster, or all."),
    ("/backfill status toobig idle", "status does not know what to do with “idle”."),
    ("/backfill status 2026-01-05..2026-01-02", "Did you mean 2026-01-02..2026-01-05?"),
    ("/backfill status 2026-01-05..2026-01-05", "is empty"),
    ("/backfill status 2026-13-45..2026-14-01", "There is no such day as 2026-13-45."),
    ("/backfill verify alpha 2026-01-05..soon", "2026-01-01..2026-02-21"),
    (f"/backfill status {SOON}..{LATER}", "is in the future"),
    ("/backfill ack idle", "No alert is open for “idle”."),
    ("/backfill snooze toobig soonish", "“soonish” is not a duration."),
    ("/backfill snooze toobig 90d", "A snooze lasts at most 30 days."),
    ("/backfill status <!channel>", "There is no cluster or customer “&lt;!channel&gt;”."),
    ("/backfill status <@U00VICTOR0>", "There is no cluster or customer"),
    ("/backfill status *bold*", "“*bold*”"),
]
ANYTHING = ["x", "<!channel> ", '"', "“", "é", "status ", "/", "2026-01-01..", "\\", "`", "\x00", "\u202e"]


def whatever_is_verified(text: str) -> str:
    """The answer without what counts have proven: other tests of this world count."""
    return re.sub(r", \d+ verified", "", text)


def test_status_of_the_fleet_counts_every_customer(control: Control) -> None:
    eventually(control.alerts)
    lines = whatever_is_verified(control.ask_until_known("/backfill status")).splitlines()

    assert lines[0].startswith("4 of 8 customers complete · 1 struggling · 1 stopped · 1 running")
    assert lines[1] == f"{RANGE}."
    assert lines[6:9] == [
        "alpha 2/4 complete, 2 open",
        "beta 2/4 complete, 2 open",
        "gamma: nothing to backfill",
    ]
    assert lines[2].startswith("toobig on alpha: struggling, full range, attempt ")
    assert lines[3].startswith("partial on alpha: stopped after 1 of 5 windows: 8 days missing (Jan 3–10). Nothing ")
    assert lines[4].startswith("steady on beta: running, full range. Attempt 1, healthy, running for ")
    assert lines[5] == "beta has 1 customer not started: idle."


def test_status_of_a_cluster_names_its_customers_only(control: Control) -> None:
    shown = control.ask_until_known("/backfill status alpha")

    assert shown.startswith("alpha: 2 of 4 customers complete · ")
    assert "Complete: done-1, windowed-2025-01-pilot." in shown.splitlines()
    assert "steady" not in shown


def test_status_of_a_customer_lists_its_windows(control: Control) -> None:
    shown = control.ask_until_known("/backfill status windowed-2025-01-pilot")
    lines = whatever_is_verified(shown).splitlines()

    assert lines[:3] == ["windowed-2025-01-pilot on alpha: complete.", f"{RANGE}.", "10 of 10 days complete."]
    assert {line.split(":")[0] for line in lines[3:]} == {"Jan 1–4", "Jan 5–8", "Jan 9–10"}


def test_a_customer_on_two_clusters_is_reached_by_cluster_and_name(control: Control) -> None:
    assert control.ask_until_known("/backfill status beta/done-1").startswith("done-1 on beta: complete.")
    assert control.ask_until_known("/backfill verify “alpha/done-1”").startswith(
        "done-1 on alpha matches: 60 scorecards and 240 scores"
    )


def test_struggling_lists_what_times_out_and_nothing_else(control: Control) -> None:
    eventually(control.alerts)
    lines = control.ask_until_known("/backfill struggling").splitlines()

    assert lines[0] == "1 of 2 open runs is struggling."
    assert [line.split(":")[0] for line in lines[1:]] == ["Struggling", "toobig on alpha (Jan 1–10)"]


@pytest.mark.parametrize(("typed", "text"), MISTAKES)
def test_a_mistake_is_answered_with_a_sentence_that_only_its_author_sees(
    control: Control, typed: str, text: str
) -> None:
    answer = control.ask_message(typed)

    assert text in answer["text"]
    assert answer["text"].endswith((".", "?"))
    assert answer["ephemeral_to"] == "U00OLIVIA0"
    assert "<!" not in json.dumps(answer["blocks"])
    assert "<@" not in json.dumps(answer["blocks"])


@pytest.mark.parametrize("piece", ANYTHING)
def test_four_thousand_characters_of_anything_get_a_sentence(control: Control, piece: str) -> None:
    answer = control.ask_message(f"/backfill {piece * (4_000 // len(piece))}")

    assert "a command has at most 1,000" in answer["text"]
    assert "<!channel" not in json.dumps(answer)


def test_an_empty_command_is_help(control: Control) -> None:
    shown = control.ask("/backfill")

    assert shown.startswith("What you can type:")
    for word in ("help", "status", "struggling", "verify", "ack", "snooze", "digest"):
        assert f"\n/backfill {word}" in shown


@pytest.mark.parametrize("typed", ["“alpha”", "‘alpha’", '"alpha"', "ALPHA", "  alpha  "])
def test_quotes_case_and_blanks_around_a_name_do_not_matter(control: Control, typed: str) -> None:
    assert control.ask_until_known(f"/backfill status {typed}").startswith("alpha: 2 of 4 customers complete")


def test_a_viewer_may_look_and_may_not_change(control: Control) -> None:
    (alert,) = eventually(control.alerts)

    assert control.ask("/backfill status beta", user="victor").startswith("beta: 2 of 4 customers complete")
    assert control.ask("/backfill ack toobig", user="victor") == "Only operators may ack. Ask noor or olivia."
    assert control.choose(alert, "alert.snooze", "for 8 hours", user="victor")["acked"]
    refusal = eventually(lambda: [m for m in control.messages() if "Only operators may snooze" in m["text"]])
    assert refusal[0]["ephemeral_to"] == "U00VICTOR0"
    assert not [line for line in control.thread(alert) if "victor" in line]


@pytest.mark.parametrize("command", ["status", "struggling", "verify all", "ack toobig", "digest"])
def test_a_guest_may_not_even_look(control: Control, command: str) -> None:
    answer = control.ask_message(f"/backfill {command}", user="gus")

    assert answer["text"].startswith("The bot answers members")
    assert answer["ephemeral_to"] == "U00000GUS0"
