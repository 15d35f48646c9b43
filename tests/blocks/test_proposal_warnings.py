"""Each warning of a proposal in words."""

from typing import get_args

import pytest

from bot.blocks.proposal_warnings import text
from bot.commands import Split
from bot.fleet.name_lookup import Target
from bot.fleet.proposals.activity_warnings import (
    AttemptsGoOn,
    DeathSeenLater,
    LaterActivitiesRun,
    OutsideGoesOn,
    PausedAttemptOpen,
    StayPaused,
)
from bot.fleet.proposals.warnings import (
    DaysOfNobody,
    DoesNotApply,
    EndsByItself,
    InCampaigns,
    LeftBelow,
    LeftOut,
    MayBeDoneAgain,
    NeverSeen,
    NothingCancelled,
    NothingStarted,
    OfOneCustomer,
    OperationsGoOn,
    OthersGoOn,
    OtherTypeRuns,
    ProgressUnknown,
    ProposalWarning,
    QueuedInOrder,
    ResizesWhatIsToCome,
    RunsAgain,
    SkipSparesRunning,
    StruggledBefore,
    Unrecognised,
    UnwrittenIsLost,
    VolumesUnknown,
    WaitsForCancelled,
)
from bot.fleet.refusals.runs import NoWorkers
from bot.fleet.runs.open_work import AlsoRuns, ExpectedElsewhere, NamesNotSeen, NotSeen, OpenWork
from bot.model.queue import QueueOrder
from tests.fleet.builders import CAMPAIGN, MINUTE, window
from tests.fleet.grounds import context, healthy
from tests.fleet.sequences import BEGUN

HEALTHY = context().facts_of(healthy(CAMPAIGN))
WARNINGS: list[tuple[ProposalWarning, str]] = [
    (
        LeftBelow(("CopyDay shared-1",)),
        "1 workflow below it is left to run, abandoned by its parent: CopyDay shared-1.",
    ),
    (
        LeftBelow(tuple(f"CopyDay shared-{n}" for n in range(1, 8))),
        "7 workflows below it are left to run, abandoned by their parents: "
        "CopyDay shared-1, CopyDay shared-2, CopyDay shared-3, CopyDay shared-4, CopyDay shared-5 and 2 more.",
    ),
    (ProgressUnknown(BEGUN), "The sequence does not answer now; it was begun at 2026-02-21 18:00 UTC."),
    (
        SkipSparesRunning((window(11, 16), window(16, 21))),
        "The window that runs, 2026-01-11..2026-01-16, 2026-01-16..2026-01-21, goes on: "
        "only windows still to come are left out.",
    ),
    (
        OthersGoOn(1),
        "1 open workflow is not the sequence's, and left to run: cancel again once the sequence has ended.",
    ),
    (
        OthersGoOn(2),
        "2 open workflows are not the sequence's, and left to run: cancel again once the sequence has ended.",
    ),
    (AttemptsGoOn(1), "An attempt that runs goes on as before."),
    (AttemptsGoOn(2), "2 attempts that run go on as before."),
    (
        LaterActivitiesRun(),
        "What their workflow begins later is not paused, and no timeout ends what is.",
    ),
    (
        OperationsGoOn(("copying/Copying.copy",)),
        "1 Nexus operation may go on, and Temporal does not tell when it ends: copying/Copying.copy.",
    ),
    (OtherTypeRuns("Repair", "FillTenant"), "What is cancelled is Repair; its days are run again as FillTenant."),
    (OutsideGoesOn(1), "1 workflow outside of a sequence goes on: no activity there can be paused now."),
    (
        OperationsGoOn(("copying/Copying.copy", "copying/Copying.check")),
        "2 Nexus operations may go on, and Temporal does not tell when they end: copying/Copying.copy, "
        "copying/Copying.check.",
    ),
    (StayPaused(1), "1 activity stays paused: the bot may not resume activities here."),
    (StayPaused(2), "2 activities stay paused: the bot may not resume activities here."),
    (OutsideGoesOn(2), "2 workflows outside of a sequence go on: no activity there can be paused now."),
    (
        PausedAttemptOpen(Split(target="hilton")),
        "Something of it is paused: a silent attempt hears of the cancel only after /backfill resume hilton.",
    ),
    (RunsAgain(5), "5 days of it would be run again."),
    (
        NeverSeen("CustomerBackfill", "voice-prod"),
        "No workflow of type CustomerBackfill has been seen on voice-prod yet: make sure that its workers know it.",
    ),
    (WaitsForCancelled(1), "1 window is being cancelled already: waited for first, then run again."),
    (WaitsForCancelled(2), "2 windows are being cancelled already: waited for first, then run again."),
    (NothingCancelled(something_runs=False), "Nothing is cancelled: nothing runs."),
    (NothingCancelled(something_runs=True), "Nothing is cancelled: what runs does not struggle."),
    (NothingStarted(), "All other days are complete or run: after the cancelling nothing is started."),
    (
        MayBeDoneAgain(HEALTHY),
        "It does not struggle, and what it has done may be done again: "
        "backfill-hilton-2026-01-01-2026-02-21, attempt 1, healthy, for 22 h.",
    ),
    (
        StruggledBefore(Split(target="big one"), 5, 3),
        'A window of 5 days struggled: /backfill split "big one" windows 3d makes them smaller.',
    ),
    (
        ResizesWhatIsToCome("hilton"),
        "A sequence of hilton runs already: only its windows still to come get the new size.",
    ),
    (
        UnwrittenIsLost(),
        "Rows not yet written are lost, and the attempt may keep writing for a few minutes.",
    ),
    (
        DeathSeenLater(30 * MINUTE),
        "If its worker dies, that shows only after 30 m; and once cancelled, it is waited for as long.",
    ),
    (
        EndsByItself(),
        "Nothing of it runs any more: most probably its sequence ends by itself in a moment, and tells more then.",
    ),
    (
        VolumesUnknown("connection refused"),
        "The source did not say how much there is, or whether there is anything: connection refused.",
    ),
    (
        LeftOut(("a", "b", "c", "d"), NoWorkers("backfill", "CustomerBackfill", "voice-prod")),
        "Left out now: a, b, c and 1 more. "
        "No worker polls task queue backfill on voice-prod for workflows: what is started would wait.",
    ),
    (
        DoesNotApply(("a", "b", "c", "d")),
        "It does not apply to a, b, c and 1 more, and what runs there is left to run.",
    ),
    (Unrecognised(1), "1 open workflow is not recognised, and left to run."),
    (Unrecognised(2), "2 open workflows are not recognised, and left to run."),
    (
        QueuedInOrder(QueueOrder.SMALLEST, (("voice-prod", 8), ("us-east-1-prod", 1))),
        "The customers wait in the queue of their cluster, smallest first. "
        "At most 8 windows run at once on voice-prod, 1 on us-east-1-prod.",
    ),
    (
        QueuedInOrder(QueueOrder.NAME, (("voice-prod", 4), ("us-east-1-prod", 4))),
        "The customers wait in the queue of their cluster, by name. At most 4 windows run at once on each cluster.",
    ),
    (
        QueuedInOrder(QueueOrder.SMALLEST, (("voice-prod", 1),)),
        "The customers wait in the queue of their cluster, smallest first. "
        "At most 1 window runs at once on voice-prod.",
    ),
    (
        DaysOfNobody("march"),
        "What runs goes on, and nobody fills the new days yet: /backfill run all in march queues them.",
    ),
    (InCampaigns(("march",)), "In campaign march."),
    (InCampaigns(("jan", "march")), "In the campaigns jan, march."),
    (OfOneCustomer("hilton", RunsAgain(1)), "hilton: 1 day of it would be run again."),
    (
        AlsoRuns("moved", OpenWork(Target("old-prod", "moved"), (window(1, 6),))),
        "moved also runs on old-prod: 1 workflow (Jan 1–5). /backfill status old-prod/moved shows it.",
    ),
    (
        NotSeen("moved", ("new-prod", "third-prod")),
        "new-prod, third-prod did not answer: whether moved runs there is not known now.",
    ),
    (NotSeen("", ("new-prod",)), "new-prod did not answer: whether any of them runs there is not known now."),
    (
        ExpectedElsewhere(Target("old-prod", "moved"), ("new-prod",)),
        "This runs on old-prod; the configuration expects moved on new-prod.",
    ),
    (NamesNotSeen(("eu-prod",)), "eu-prod did not answer: what runs only there is not known now."),
]


@pytest.mark.parametrize(("warning", "sentence"), WARNINGS)
def test_each_warning_is_a_sentence(warning: ProposalWarning, sentence: str) -> None:
    assert text(warning) == sentence


def test_every_kind_of_warning_is_among_them() -> None:
    assert {type(warning) for warning, _ in WARNINGS} == {*get_args(ProposalWarning)}
