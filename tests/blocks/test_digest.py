"""The texts of the digest."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from bot.actions import command_of
from bot.blocks.digest import card, render
from bot.commands import Retry, retry_several
from bot.fleet.notifications import notification
from bot.fleet.notifications.notification import DigestCard
from bot.fleet.status.board import Silent
from bot.fleet.status.digest import ClusterLine, Digest, OpenSequence, StrugglingRun
from bot.fleet.status.fleet_eta import FleetEta
from bot.fleet.status.last_end import LastEnd
from bot.fleet.status.queued import QueuedCustomers
from bot.fleet.status.snapshot import Mark, News, Snapshot, compare
from bot.fleet.status.stopped_customer import StoppedCustomer
from bot.model import ExecutionStatus, Health, State, Window
from tests.blocks.gate import elements_of, taken_by_slack

AT = datetime(2026, 2, 23, 9, 0, tzinfo=UTC)
YESTERDAY = AT - timedelta(days=1)
DIGEST = Digest(
    at=AT,
    range=Window(date(2026, 1, 1), date(2026, 2, 21)),
    complete=90,
    total=95,
    clusters=(ClusterLine("voice-prod", "15/17", "2 open"), ClusterLine("eu-west-2-prod", "–", "")),
    silent=(),
    news=News(YESTERDAY, finished=("voice-prod/holidayinn-transfers",), windows_done=1),
    struggling=(StrugglingRun("hilton", "voice-prod", Health.STRUGGLING, 3, "https://slack.test/thread"),),
    eta=FleetEta(
        AT + timedelta(hours=5), AT + timedelta(hours=40), ("us-east-1-prod/spirit",), ("voice-prod/vivint",)
    ),
)


def test_the_digest_begins_with_the_number_people_need_and_then_tells_the_news() -> None:
    assert render(DIGEST).text == "\n".join(
        [
            "Digest: 90 of 95 customers complete · 2 need a person.",
            "Jan 1–Feb 20 (51 days).",
            "Needs a person:",
            "hilton on voice-prod timed out on heartbeat (attempt 3).",
            "Stopped with days missing: spirit on us-east-1-prod. To run them: /backfill retry us-east-1-prod/spirit",
            "Since the last digest, 1 d ago:",
            "1 finished: holidayinn-transfers on voice-prod.",
            "1 window completed.",
            "What runs now will be done in 5–7 h.",
            "If the stopped ones start now, all will be done in 40–53 h, except "
            "vivint on voice-prod (no estimate yet).",
            "voice-prod 15/17, 2 open",
            "eu-west-2-prod: nothing to backfill",
        ]
    )


def test_one_sequence_that_waits_beside_those_shown_is_counted_in_the_singular() -> None:
    waiting = [OpenSequence(f"voice-prod/c{n}", 1, 11, paused_by="Olivia") for n in range(16)]
    text = render(replace(DIGEST, sequences=tuple(waiting))).text

    assert "1 more sequence waits: /backfill status shows all." in text


@pytest.mark.parametrize(
    "cut",
    [
        {"news": News(YESTERDAY, tuple(f"voice-prod/c{n}" for n in range(16)))},
        {"eta": replace(DIGEST.eta, going_on=tuple(f"voice-prod/c{n}" for n in range(16)))},
        {"eta": replace(DIGEST.eta, unknown=tuple(f"voice-prod/c{n}" for n in range(16)))},
        {"sequences": tuple(OpenSequence(f"voice-prod/c{n}", 1, 11) for n in range(16))},
    ],
)
def test_a_digest_that_cannot_name_everybody_says_where_all_names_are(cut: dict[str, Any]) -> None:
    where = "For all names: /backfill status NAME, with a cluster's name."

    assert where in render(replace(DIGEST, **cut)).text.splitlines()
    assert where not in render(DIGEST).text


def test_a_digest_of_an_earlier_version_names_a_stopped_customer_as_it_is_typed() -> None:
    stopped = replace(DIGEST, eta=replace(DIGEST.eta, stopped=("voice-prod/Big One, Inc.",)), campaign="march")

    assert '/backfill retry "voice-prod/Big One, Inc." in march' in render(stopped).text.splitlines()[4]


# Nothing has changed, and nobody needs a person.
QUIET = replace(DIGEST, news=News(YESTERDAY), struggling=(), eta=replace(DIGEST.eta, stopped=()))


def test_a_scheduled_digest_without_news_is_one_line_if_nobody_needs_a_person() -> None:
    quiet = card(DigestCard(QUIET))

    assert quiet.text == "Digest: nothing has changed since 2026-02-22 09:00 UTC. 90 of 95 customers complete."
    assert len(quiet.blocks) == 1


@pytest.mark.parametrize(
    "needing",
    [
        {"struggling": DIGEST.struggling},
        {"sequences": (OpenSequence("voice-prod/hilton", 1, 11, paused_by="Olivia"),)},
        {"in_doubt": 1, "doubtful": ("voice-prod/hilton",)},
        {"stopped": (StoppedCustomer("voice-prod/hilton", State.CANCELLED, (DIGEST.range,)),)},
    ],
    ids=lambda needing: next(iter(needing)),
)
def test_a_digest_names_who_needs_a_person_even_without_news(needing: dict[str, Any]) -> None:
    text = card(DigestCard(replace(QUIET, **needing))).text

    assert "hilton on voice-prod" in text
    assert "Nothing has changed since the last digest, 1 d ago." in text


@pytest.mark.parametrize(("before", "after"), list(permutations(State, 2)))
def test_a_scheduled_digest_names_every_customer_whose_state_has_changed(before: State, after: State) -> None:
    slots = zip((YESTERDAY, AT), (before, after), strict=True)
    news = compare(*(Snapshot(slot, {"voice-prod/hilton": Mark(state, 2)}) for slot, state in slots))
    message = card(DigestCard(replace(QUIET, news=news)))

    assert ": hilton on voice-prod." in message.text
    assert "othing has changed" not in message.text


def test_news_name_the_worst_first_and_say_stopped_of_everything_that_stands_still() -> None:
    news = News(
        YESTERDAY,
        finished=("prod/a",),
        failed=("prod/b",),
        others={State.PARTIAL: ("prod/c",), State.CANCELLED: ("prod/d",), State.IN_DOUBT: ("prod/e",)},
    )
    shown = render(replace(QUIET, news=news)).text.splitlines()

    assert shown[3:7] == [
        "1 failed: b on prod.",
        "1 in doubt: e on prod.",
        "2 stopped: d on prod, c on prod.",
        "1 finished: a on prod.",
    ]


def test_news_that_an_earlier_version_recorded_are_read_as_they_were() -> None:
    body = notification.dump(DigestCard(DIGEST)).replace(',"others":{}', "").replace(',"doubtful":[]', "")

    assert "others" not in body
    assert notification.parse(body) == DigestCard(DIGEST)


def test_news_of_every_state_come_back_as_they_were_recorded() -> None:
    digest = replace(DIGEST, news=News(YESTERDAY, others={state: (f"prod/{state}",) for state in State}))

    assert notification.parse(notification.dump(DigestCard(digest))) == DigestCard(digest)


def test_a_cluster_whose_past_is_not_all_known_is_named_even_without_news() -> None:
    message = card(DigestCard(replace(DIGEST, news=News(YESTERDAY), half_known=("voice-prod",))))

    assert "voice-prod: some of what is unknown may be complete." in message.text.splitlines()


def test_asked_for_it_is_shown_whole_even_without_news() -> None:
    assert "Nothing has changed since the last digest, 1 d ago." in render(replace(DIGEST, news=News(YESTERDAY))).text


def test_a_queue_that_did_not_answer_is_never_one_quiet_line() -> None:
    queued = QueuedCustomers("voice-prod", 1, ("hilton",), silent="no answer")

    assert "May be queued: hilton." in card(DigestCard(replace(QUIET, queued=(queued,)))).text


def test_a_silent_cluster_is_never_one_quiet_line() -> None:
    row = Silent("chat-prod", "no answer within 10 s", AT - timedelta(minutes=14), 3, "Temporal of chat-prod")
    quiet = replace(DIGEST, news=News(YESTERDAY), silent=("chat-prod",))
    message, of_earlier_version = (
        card(DigestCard(replace(quiet, unreachable=(row,)))).text.splitlines(),
        card(DigestCard(quiet)).text.splitlines(),
    )

    assert message[2:4] == [
        "Needs a person:",
        "chat-prod did not answer (Temporal: no answer within 10 s), last seen 14 m ago: its 3 customers "
        "are unknown.",
    ]
    assert "backfill-bot check" in message[4]
    assert of_earlier_version[3] == "chat-prod did not answer: its customers are unknown."


def test_a_stopped_customer_tells_how_its_last_run_ended() -> None:
    end = LastEnd(ExecutionStatus.COMPLETED, Window(date(2026, 1, 1), date(2026, 1, 11)))
    by_nobody = replace(STOPPED.stopped[0], by="", at=AT - timedelta(hours=1), end=end)
    digest = replace(STOPPED, stopped=(by_nobody,))

    assert "Nothing has run for 1 h; Jan 1–10 completed, and no run followed." in render(digest).text
    assert notification.parse(notification.dump(DigestCard(digest))) == DigestCard(digest)


def test_the_first_digest_has_no_news() -> None:
    first = render(replace(DIGEST, news=News(None))).text

    assert "Since" not in first
    assert "changed" not in first


def test_one_line_tells_when_all_are_done_if_the_stopped_ones_do_not_make_it_longer() -> None:
    eta = replace(DIGEST.eta, everything=DIGEST.eta.running, unknown=(), going_on=("voice-prod/vivint",))
    shown = render(replace(DIGEST, eta=eta)).text

    assert "If the stopped ones start now, all will be done in 5–7 h." in shown
    assert "1 running: vivint on voice-prod." in shown
    assert "What runs now" not in shown


def test_clusters_with_open_customers_come_first_and_those_with_nothing_to_do_share_a_line() -> None:
    idle = (ClusterLine("eu-west-2-prod", "–", ""), ClusterLine("ca-central-1-prod", "–", ""))
    complete, silent = ClusterLine("chat-prod", "3/3", ""), ClusterLine("new-prod", "unknown", "did not answer")
    clusters = (*idle, complete, silent, DIGEST.clusters[0])

    assert render(replace(DIGEST, clusters=clusters)).text.splitlines()[-4:] == [
        "new-prod: did not answer",
        "voice-prod 15/17, 2 open",
        "chat-prod 3/3, complete",
        "2 clusters have nothing to backfill",
    ]


def test_a_fleet_of_hundreds_fits_in_a_message_that_slack_takes() -> None:
    many = tuple(f"cluster-{n}/customer-{n}" for n in range(2_000))
    large = replace(
        DIGEST,
        clusters=tuple(ClusterLine(f"cluster-{n}", "1/9", "3 open") for n in range(200)),
        news=News(YESTERDAY, finished=many, failed=many),
        struggling=tuple(replace(DIGEST.struggling[0], name=f"customer-{n}") for n in range(300)),
        eta=replace(DIGEST.eta, unknown=many),
        sequences=(
            *(OpenSequence(name, 1, 11, paused_by="Olivia") for name in many),
            *(OpenSequence(name, 1, 11) for name in many),
        ),
    )

    assert taken_by_slack(render(large)).text


def test_sequences_that_wait_for_somebody_have_a_line_each_and_those_that_go_on_share_one() -> None:
    sequences = (
        OpenSequence("voice-prod/hilton", 2, 11),
        OpenSequence("us-east-1-prod/spirit", 1, 6, paused_by="Olivia", link="https://slack.test/thread"),
        OpenSequence("us-east-1-prod/marriott", 3, 6, marked=1, skipped_days=5),
        OpenSequence("us-east-1-prod/united-east", answers=False),
        OpenSequence("voice-prod/vivint", 0, 51),
    )
    message = render(replace(DIGEST, sequences=sequences))

    shown = message.text.splitlines()
    assert shown[4:7] == [
        "spirit on us-east-1-prod: 1 of 6 windows done, paused by Olivia.",
        "marriott on us-east-1-prod: 3 of 6 windows done, 5 days skipped, 1 window with a problem.",
        "united-east on us-east-1-prod: its sequence does not answer.",
    ]
    assert "Windows done: hilton on voice-prod 2 of 11, vivint on voice-prod 0 of 51." in shown
    assert "<https://slack.test/thread|Thread>" in str(message.blocks)


def test_names_of_people_in_a_digest_ping_nobody() -> None:
    message = render(replace(DIGEST, sequences=(OpenSequence("voice-prod/hilton", 2, 11, paused_by="<!channel>"),)))

    assert "<!channel>" not in str(message.blocks)


def test_a_digest_from_before_sequences_were_told_is_read_as_it_was() -> None:
    body = notification.dump(DigestCard(DIGEST)).replace(',"sequences":[]', "")

    assert notification.parse(body) == DigestCard(DIGEST)


def test_a_headline_says_that_more_may_be_complete() -> None:
    partly_unknown = replace(DIGEST, unknown=4)

    assert render(partly_unknown).text.startswith(
        "Digest: At least 90 of 95 customers complete · 2 need a person · 4 unknown."
    )
    assert "At least 90 of 95 customers complete · 4 unknown." in card(DigestCard(replace(QUIET, unknown=4))).text


def test_a_headline_counts_who_is_in_doubt() -> None:
    doubtful = replace(DIGEST, in_doubt=2, unknown=1)

    assert render(doubtful).text.startswith(
        "Digest: At least 90 of 95 customers complete · 2 need a person · 2 in doubt · 1 unknown."
    )


STOPPED = replace(
    DIGEST,
    clusters=(ClusterLine("us-west-2-prod", "30/30", ""), *DIGEST.clusters),
    stopped=(
        StoppedCustomer(
            "us-east-1-prod/spirit",
            State.PARTIAL,
            (Window(date(2026, 1, 11), date(2026, 2, 21)),),
            datetime(2026, 2, 23, 2, 10, tzinfo=UTC),
            "Dana",
        ),
        StoppedCustomer("us-east-1-prod/nrg", State.FAILED, (Window(date(2026, 1, 1), date(2026, 1, 2)),), YESTERDAY),
    ),
    eta=replace(DIGEST.eta, unknown=("us-east-1-prod/nrg", "voice-prod/vivint"), going_on=("voice-prod/holidayinn",)),
)


def test_a_stopped_customer_tells_who_stopped_it_when_and_which_days_are_missing() -> None:
    shown = render(STOPPED).text.splitlines()

    assert shown[0] == "Digest: 90 of 95 customers complete · 3 need a person."
    assert shown[4:6] == [
        "spirit on us-east-1-prod stopped by Dana 2026-02-23 02:10 UTC: 41 days missing (Jan 11–Feb 20).",
        "nrg on us-east-1-prod failed: 1 day missing (Jan 1). Nothing has run for 1 d.",
    ]
    assert "us-west-2-prod 30/30, complete" in shown


def test_a_stopped_customer_has_the_button_that_runs_its_missing_days() -> None:
    message = taken_by_slack(render(STOPPED))
    buttons = elements_of(message.blocks)

    assert "*2 customers stopped*: run what is missing; complete days are not run again." in str(message.blocks)

    assert [button.get("style") for button in buttons] == ["primary", None, None]
    assert [command_of(button["action_id"], button["value"]) for button in buttons] == [
        retry_several(("us-east-1-prod/spirit", "us-east-1-prod/nrg")),
        Retry(target="us-east-1-prod/spirit"),
        Retry(target="us-east-1-prod/nrg"),
    ]


def test_who_has_no_estimate_is_not_named_twice() -> None:
    shown = render(STOPPED).text

    assert "What runs now (holidayinn on voice-prod) will be done in" in shown
    assert " h, except nrg on us-east-1-prod, vivint on voice-prod (no estimate yet)." in shown
    everybody = (*(each.name for each in STOPPED.stopped), "voice-prod/hilton", "voice-prod/vivint")
    nobody_known = render(replace(STOPPED, eta=replace(STOPPED.eta, unknown=everybody))).text
    assert " h, except those above and vivint on voice-prod (no estimate yet)." in nobody_known


def test_a_digest_of_an_earlier_version_has_the_early_end_of_its_estimates_alone() -> None:
    late = replace(DIGEST.eta, running_latest=AT + timedelta(hours=9), everything_latest=AT + timedelta(hours=90))
    now = DigestCard(replace(DIGEST, eta=late))
    body = notification.dump(DigestCard(DIGEST))
    of_earlier_version = body.replace(',"running_latest":null,"everything_latest":null,"idle":[],"queued":0', "")

    assert "running_latest" not in of_earlier_version
    assert notification.parse(of_earlier_version) == DigestCard(DIGEST)
    assert notification.parse(notification.dump(now)) == now
    assert "What runs now will be done in 5–9 h." in card(now).text
    assert "all will be done in 40–90 h," in card(now).text


@pytest.mark.parametrize(
    ("stopped", "idle", "running", "sentence"),
    [
        ((), ("prod/a",), (), "If a on prod starts now, all will be done in"),
        ((), ("prod/a", "prod/b"), (), "If a on prod and b on prod start now,"),
        (("prod/c",), ("prod/a",), (), "If the stopped ones and a on prod start now,"),
        ((), tuple(f"prod/{n}" for n in range(1_004)), (), "If 1,004 customers start now,"),
        ((), tuple(f"prod/{n}" for n in range(4)), ("prod/r",), "If 4 other customers start now,"),
        (
            ("prod/c",),
            tuple(f"prod/{n}" for n in range(4)),
            (),
            "If the stopped ones and 4 other customers start now,",
        ),
    ],
)
def test_those_that_would_have_to_start_are_named_or_counted(
    stopped: tuple[str, ...], idle: tuple[str, ...], running: tuple[str, ...], sentence: str
) -> None:
    done = DIGEST.eta.running if running else None
    eta = replace(DIGEST.eta, stopped=stopped, idle=idle, going_on=running, running=done)

    assert sentence in render(replace(DIGEST, eta=eta)).text


@pytest.mark.parametrize(
    ("running", "queued", "sentence"),
    [
        (("prod/r",), 43, "What runs now (r on prod) and 43 queued customers will be done in 5–7 h."),
        ((), 1, "1 queued customer will be done in 5–7 h."),
        (("prod/r",), 0, "What runs now (r on prod) will be done in 5–7 h."),
    ],
)
def test_what_waits_in_a_queue_is_counted_beside_what_runs(
    running: tuple[str, ...], queued: int, sentence: str
) -> None:
    eta = replace(DIGEST.eta, going_on=running, queued=queued)

    assert sentence in render(replace(DIGEST, eta=eta)).text.splitlines()


def test_who_never_ran_or_is_paused_does_not_count_as_stopped() -> None:
    eta = replace(QUIET.eta, idle=("voice-prod/vivint",))
    shown = render(replace(QUIET, eta=eta)).text

    assert "person" not in shown.splitlines()[0]
    assert "Stopped with days missing" not in shown


def test_the_buttons_of_a_campaigns_digest_act_in_that_campaign() -> None:
    two = (STOPPED.stopped[0], replace(STOPPED.stopped[0], name="prod/c1"))
    message = taken_by_slack(render(replace(STOPPED, campaign="march", stopped=two)))
    pressed = elements_of(message.blocks)

    assert len(pressed) == 3
    assert {command_of(element["action_id"], element["value"]).campaign for element in pressed} == {"march"}


def test_what_a_campaigns_digest_suggests_to_type_names_that_campaign() -> None:
    many = tuple(replace(STOPPED.stopped[0], name=f"prod/c{number}") for number in range(200))
    text = render(replace(STOPPED, campaign="march", stopped=many)).text

    assert "/backfill retry NAME in march, or /backfill run all failed in march." in text
    assert set(re.findall(r"/backfill status(?: in march)?", text)) == {"/backfill status in march"}


def test_many_stopped_customers_fit_and_the_last_of_them_say_what_to_type() -> None:
    many = tuple(replace(STOPPED.stopped[0], name=f"prod/c{number}") for number in range(200))
    message = taken_by_slack(render(replace(STOPPED, stopped=many)))

    assert "/backfill retry NAME" in str(message.blocks)
    assert len(elements_of(message.blocks)) == 6
