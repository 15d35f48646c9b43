"""Each reason of a refusal in words: the problem, and what to do or type instead."""

from typing import get_args

import pytest

from bot.blocks.refusals import lines, problem
from bot.commands import Pause, Plan, Run, Split
from bot.fleet.name_lookup import SeveralClusters, Target, UnknownCustomer, UnknownName
from bot.fleet.refusals.declined import (
    BlockedForAll,
    Declined,
    NamesRefused,
    NothingForAny,
    NothingOnCluster,
    Refusal,
)
from bot.fleet.refusals.requests import (
    AlertOver,
    AlertUnknown,
    ClusterAmongNames,
    ClusterGiven,
    DialogTooOld,
    NoAlert,
    NoAlertOnCluster,
    NoSuchCluster,
    NotForAll,
    NothingIncomplete,
    NothingStruggles,
    OutsideCampaign,
    ReasonMissing,
    SeveralAlerts,
    WindowsTooLong,
)
from bot.fleet.refusals.runs import NoData
from bot.fleet.refusals.sequences import PausedAlready, SequenceSilent
from bot.fleet.runs.open_work import NamesNotSeen, OpenWork, RunsOnSeveral
from bot.model import Ending
from tests.blocks.test_refusals_about_campaigns import ABOUT_CAMPAIGNS
from tests.blocks.test_refusals_about_work import ABOUT_RUNS, ABOUT_SEQUENCES, NO_WORKERS, NOBODY, START_ONE
from tests.fleet.builders import CAMPAIGN, window

RUN, PAUSE = Run(target="hilton"), Pause(target="hilton")
WHOLE = "2026-01-01..2026-02-21"
PLACES = (
    OpenWork(Target("a", "big one"), (window(1, 6),), has_sequence=True),
    OpenWork(Target("b", "big one"), (window(1, 6), window(6, 11))),
)

ABOUT_NAMES: list[tuple[Refusal, str, str]] = [
    (
        UnknownName("hiltn", "", ("hilton", "Big One")),
        "There is no cluster or customer “hiltn”.",
        'Did you mean hilton or "Big One"?',
    ),
    (
        UnknownName("old/hiltn", "old", ()),
        "There is no cluster or customer “old/hiltn”. No cluster “old” is configured, or not any more.",
        "/backfill status shows every cluster, and what is open.",
    ),
    (
        UnknownCustomer("marriott", "voice-prod", ()),
        "There is no customer “marriott” on voice-prod.",
        "/backfill status voice-prod shows those that are there.",
    ),
    (
        UnknownCustomer("hiltn", "voice-prod", ("voice-prod/hilton",)),
        "There is no customer “hiltn” on voice-prod.",
        "Did you mean voice-prod/hilton?",
    ),
    (
        SeveralClusters("big one", ("a/Big One", "b/hilton")),
        "“big one” is on 2 clusters.",
        'Say which: "a/Big One" or b/hilton.',
    ),
    (
        SeveralClusters("acme", ("a/ACME", "a/Acme")),
        "“acme” names several customers.",
        "Say which: a/ACME or a/Acme.",
    ),
    (
        RunsOnSeveral("big one", PLACES, ("c", "d")),
        "“big one” runs on 2 clusters. a: a sequence and 1 workflow (Jan 1–5); b: 2 workflows (Jan 1–5, Jan 6–10).",
        'Say which: "a/big one" or "b/big one". c, d did not answer: whether big one runs there is not known now.',
    ),
]
ABOUT_REQUESTS: list[tuple[Refusal, str, str]] = [
    (
        SeveralAlerts("big one", 2, "ack", ("a/Big One", "b/hilton")),
        "2 alerts are open for “big one”.",
        'Type /backfill ack "a/Big One" or /backfill ack b/hilton.',
    ),
    (NoAlert("hiltn", "hilton", ("a/hilton",)), "No alert is open for “hiltn”.", "Did you mean hilton?"),
    (NoAlert("x", "", ("a/Big One", "b/y")), "No alert is open for “x”.", 'Alerts are open for "a/Big One", b/y.'),
    (NoAlert("x", "", ()), "No alert is open for “x”.", "No alert is open at all."),
    (
        NoAlertOnCluster("voice-prod"),
        "No alert of voice-prod is open.",
        "/backfill status voice-prod shows what runs there.",
    ),
    (AlertUnknown(), "This alert is not known any more.", ""),
    (AlertOver("hilton", Ending.COMPLETED), "The alert about hilton is over: completed.", ""),
    (
        ReasonMissing(),
        "Whatever changes something needs a reason.",
        "Say why: people read it in the thread.",
    ),
    (
        WindowsTooLong(1_000, CAMPAIGN),
        "Windows of 1,000 days are longer than the campaign.",
        f"It has 51 days, {WHOLE}.",
    ),
    (
        WindowsTooLong(2, window(1, 2)),
        "Windows of 2 days are longer than the campaign.",
        "It has 1 day, 2026-01-01..2026-01-02.",
    ),
    (
        OutsideCampaign(window(40, 60), CAMPAIGN),
        f"2026-02-09..2026-03-01 is not within the campaign, which is {WHOLE}.",
        "Did you mean 2026-02-09..2026-02-21?",
    ),
    (
        OutsideCampaign(window(60, 70), CAMPAIGN),
        f"2026-03-01..2026-03-11 is not within the campaign, which is {WHOLE}.",
        "Without a range the whole campaign is meant.",
    ),
]
ON_CLUSTER = Pause(target="voice-prod")
SHOWS = "/backfill status voice-prod shows what is open there."
ABOUT_CLUSTERS: list[tuple[Refusal, str, str]] = [
    (
        NothingOnCluster(ON_CLUSTER, "voice-prod", None, 0, 0),
        "There is nothing on voice-prod to pause.",
        SHOWS,
    ),
    (
        NothingOnCluster(ON_CLUSTER, "voice-prod", PausedAlready(ON_CLUSTER, "hilton"), 4, 2),
        "There is nothing on voice-prod to pause. The sequence of hilton is paused already. "
        "It does not apply to 4 other customers with something open, either.",
        f"2 open workflows are not recognised, and left to run. {SHOWS}",
    ),
    (
        BlockedForAll(ON_CLUSTER, "voice-prod", 1, (NOBODY,)),
        f"There is something to pause of 1 customer on voice-prod, but not now. {NO_WORKERS}",
        START_ONE,
    ),
    (
        BlockedForAll(ON_CLUSTER, "voice-prod", 3, (SequenceSilent("Temporal", "gone"), NOBODY)),
        "There is something to pause of 3 customers on voice-prod, but not now. Temporal: gone. "
        "1 other reason beside it.",
        START_ONE,
    ),
]
SEVERAL = Split(target="hilton vivint", names=("hilton", "vivint"))
ABOUT_SEVERAL: list[tuple[Refusal, str, str]] = [
    (
        NamesRefused((UnknownName("hiltn", "", ("hilton",)), UnknownName("spirt", "", ("spirit",)))),
        "There is no cluster or customer “hiltn”. There is no cluster or customer “spirt”. "
        "Nothing was proposed for the others.",
        "Did you mean hilton? Did you mean spirit?",
    ),
    (
        NothingForAny(SEVERAL, 3, (NoData("hilton", CAMPAIGN), NOBODY), ("chat-prod",)),
        "There is nothing to split now for 3 customers.",
        f"chat-prod did not answer. {problem(NoData('hilton', CAMPAIGN))} {NO_WORKERS}",
    ),
    (
        NothingForAny(SEVERAL, 7, tuple(NoData(f"c{number}", CAMPAIGN) for number in range(7))),
        "There is nothing to split now for 7 customers.",
        " ".join([*(problem(NoData(f"c{number}", CAMPAIGN)) for number in range(5)), "2 more reasons."]),
    ),
    (
        ClusterAmongNames(SEVERAL, "voice-prod"),
        "voice-prod is a cluster, and cannot stand among several customers.",
        "Type the customers' names, or voice-prod alone if split takes a cluster.",
    ),
    (
        NoSuchCluster("voice", ("voice-prod", "big one")),
        "There is no cluster “voice”.",
        'There are voice-prod, "big one".',
    ),
    (
        NothingStruggles(""),
        "Nothing struggles on any cluster.",
        "/backfill struggling lists whatever needs a look.",
    ),
    (
        NothingStruggles("voice-prod", ("voice-prod",)),
        "Nothing struggles on voice-prod.",
        "voice-prod did not answer, so what runs there is unknown. /backfill struggling lists whatever needs a look.",
    ),
    (NothingIncomplete(""), "Every customer on all clusters is complete.", ""),
    (
        NothingIncomplete("voice-prod", ("voice-prod",)),
        "Every customer on voice-prod is complete.",
        "voice-prod did not answer, so who is complete there is unknown.",
    ),
    (
        NotForAll("all", "voice-prod"),
        "This would run completed days again.",
        "Name the customers: /backfill run hilton spirit all.",
    ),
    (
        DialogTooOld("split"),
        "This dialog was open for over an hour: nothing was done.",
        "Type /backfill split … again.",
    ),
]
SENTENCES = [*ABOUT_NAMES, *ABOUT_REQUESTS, *ABOUT_CLUSTERS, *ABOUT_SEVERAL]


@pytest.mark.parametrize(("reason", "why", "hint"), SENTENCES)
def test_each_reason_says_what_is_the_matter_and_what_to_do(reason: Refusal, why: str, hint: str) -> None:
    assert lines(Declined(reason)) == (why, hint)
    assert problem(reason) == why


def test_every_kind_of_reason_is_among_them() -> None:
    words = [*SENTENCES, *ABOUT_RUNS, *ABOUT_SEQUENCES, *ABOUT_CAMPAIGNS]

    assert {type(reason) for reason, _, _ in words} | {ClusterGiven} == {*get_args(Refusal)}


def test_a_cluster_where_a_customer_is_needed_gets_the_form_to_type() -> None:
    for_run, for_plan = (
        lines(Declined(ClusterGiven(command, "voice-prod"))) for command in (RUN, Plan(target="voice-prod"))
    )

    assert for_run[0] == "voice-prod is a cluster, and run is for one customer."
    assert for_run[1].startswith("Type /backfill run ")
    assert for_run[1].endswith(" /backfill retry voice-prod runs what is missing for everybody there.")
    assert for_plan[0] == "voice-prod is a cluster, and a plan is for one customer."
    assert "retry" not in for_plan[1]


def test_many_open_alerts_are_counted_rather_than_listed() -> None:
    _, hint = lines(Declined(NoAlert("xyz", "", tuple(f"a/customer-{n:03}" for n in range(40)))))

    assert hint.endswith("a/customer-009 and 30 more.")


def test_what_else_to_know_comes_after_the_hint() -> None:
    silent = NamesNotSeen(("eu-prod", "us-prod"))

    assert lines(Declined(UnknownName("hiltn", "", ("hilton",)), (silent,)))[1] == (
        "Did you mean hilton? eu-prod, us-prod did not answer: what runs only there is not known now."
    )
    assert lines(Declined(NoData("hilton", CAMPAIGN), (silent,)))[1].startswith("eu-prod")


def test_what_was_typed_is_quoted_short_and_without_secrets() -> None:
    why, _ = lines(Declined(UnknownName("h" * 900, "", ())))

    assert len(why) < 120
    assert "(hidden)" in problem(UnknownName("xoxb-1-marked", "", ()))
