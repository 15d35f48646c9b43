"""Each reason of a refusal about campaigns in words."""

from datetime import date

import pytest

from bot.blocks.refusals import lines
from bot.commands import Cancel
from bot.fleet.refusals.campaigns import (
    CampaignBroken,
    CampaignClosed,
    CampaignExists,
    CampaignInFile,
    CampaignInUse,
    CampaignIsOpen,
    CampaignNotOnCluster,
    CampaignOverlaps,
    EndBeforeStart,
    OnOtherClusters,
    SameEnd,
    TablesGone,
    UnknownCampaign,
    WhichCampaign,
)
from bot.fleet.refusals.declined import Declined, Refusal
from bot.model import CampaignProblem
from tests.fleet.builders import CAMPAIGN, window

LIST = "/backfill campaigns lists them."
MANY = tuple(f"a/c{number}" for number in range(9))
ABOUT_CAMPAIGNS: list[tuple[Refusal, str, str]] = [
    (
        WhichCampaign("run", ("jan", "all saints")),
        "2 campaigns are open.",
        'Say which: /backfill run … in jan or in "all saints".',
    ),
    (
        WhichCampaign("run", ()),
        "No campaign is open.",
        "/backfill campaigns shows those that were; add in NAME to look at one.",
    ),
    (UnknownCampaign("may", ("jan", "march")), "There is no campaign “may”.", "There are jan, march."),
    (
        CampaignNotOnCluster("jan", "voice-prod"),
        "The campaign jan does not fill voice-prod.",
        "Add voice-prod to its clusters in backfill.toml and restart the bot.",
    ),
    (CampaignClosed("jan"), "The campaign jan is closed.", "/backfill campaign reopen jan opens it again."),
    (
        CampaignBroken("jan", CampaignProblem.NO_WORKFLOW),
        "The campaign jan starts nothing: its workflow definition is gone.",
        "Mend backfill.toml and restart the bot.",
    ),
    (
        TablesGone("jan", ("visits", "calls")),
        "backfill.toml has no table of the campaign jan any more: visits and calls.",
        "Add a [[verify.tables]] of such a name and restart the bot.",
    ),
    (
        CampaignInFile("jan"),
        "The campaign jan is in backfill.toml, and the file wins.",
        "Change it there and restart the bot; it can be closed and reopened from here.",
    ),
    (
        CampaignExists("jan", is_open=True),
        "There is a campaign jan already.",
        "/backfill campaign extend jan changes it.",
    ),
    (
        CampaignOverlaps("may", "jan", CAMPAIGN),
        "may and jan would both fill Jan 1–Feb 20, 2026 of the same customers.",
        "Choose other days, or close the other campaign first.",
    ),
    (SameEnd("jan", date(2026, 2, 21)), "The campaign jan ends on 2026-02-21 already.", LIST),
    (
        EndBeforeStart("jan", date(2026, 1, 1), date(2025, 12, 1)),
        "2025-12-01 is not after the first day of jan, which is 2026-01-01.",
        LIST,
    ),
    (
        CampaignInUse("jan", MANY),
        "Open or queued in jan: a/c0, a/c1, a/c2, a/c3, a/c4 and 4 more.",
        "The button stops them all and closes it. Or wait, or stop them yourself: /backfill cancel CLUSTER in jan.",
    ),
    (
        CampaignInUse("jan", (), ("eu-prod",)),
        "eu-prod did not answer, so what is open of jan is unknown.",
        "Try again later.",
    ),
    (CampaignIsOpen("jan"), "The campaign jan is open already.", LIST),
    (
        OnOtherClusters(Cancel(target="x", range=window(1, 6)), "hilton", (("jan", "eu-prod"), ("feb", "us-prod"))),
        "hilton has something open on eu-prod in jan and on us-prod in feb.",
        "Say which: /backfill cancel hilton 2026-01-01..2026-01-06 in jan or in feb.",
    ),
]


@pytest.mark.parametrize(("reason", "why", "hint"), ABOUT_CAMPAIGNS)
def test_each_reason_says_what_is_the_matter_and_what_to_do(reason: Refusal, why: str, hint: str) -> None:
    assert lines(Declined(reason)) == (why, hint)
