"""A group's message on the local Slack and a real store, when the alert it grew from is over or deleted before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.fleet.alerts.reconcile import Pass, Rules, reconcile
from bot.fleet.runs.observation import DescribedRun
from bot.model import Ending, JournalEntry
from tests.fleet.alerts.test_reconcile import described_run
from tests.handlers.test_speak_on_slack import Scene, scene

__all__ = ["scene"]

WITHIN = timedelta(minutes=10)
HILTON, VIVINT, ADT = described_run("hilton"), described_run("vivint"), described_run("adt")


async def make_pass(scene: Scene, *runs: DescribedRun) -> None:
    """One pass of the watcher, and the messages that it causes."""
    now = scene.world.now
    memory = await scene.services.journal.memory("voice-prod", (), now - WITHIN)
    changes = reconcile(Pass("voice-prod", runs, memory.episodes, {}, now), Rules(5, timedelta(hours=4), WITHIN))
    await scene.services.journal.record(JournalEntry(episodes=changes.episodes, messages=changes.messages), now)
    await scene.pass_by(timedelta(seconds=30))


async def delete_root(scene: Scene) -> None:
    (root,) = await scene.control.messages()
    await scene.control.fault(fault="delete_message", channel="backfills", ts=root["ts"])


@pytest.mark.parametrize("ending", [None, Ending.COMPLETED, Ending.FAILED])
@pytest.mark.parametrize("is_edited_after", [True, False])
async def test_who_joins_an_alert_that_was_deleted_stands_with_it_in_a_new_thread(
    scene: Scene, ending: Ending | None, is_edited_after: bool
) -> None:
    await make_pass(scene, HILTON)
    first = HILTON if ending is None else replace(HILTON, ending=ending)
    if not is_edited_after:
        await make_pass(scene, first)
    await delete_root(scene)
    if is_edited_after:
        await make_pass(scene, first)
    await make_pass(scene, first, VIVINT)
    await make_pass(scene, first, VIVINT, ADT)

    roots = [message for message in await scene.control.messages() if message.get("subtype") != "tombstone"]
    root = roots[-1]
    thread = await scene.control.messages(thread_ts=root["ts"])
    texts = [message["text"] for message in thread[1:]]
    # An alert that is over gathers no others: those that come later have a message of their own.
    names = ("vivint", "adt") if ending else ("hilton", "vivint", "adt")
    assert root["text"].startswith(f"{len(names)} backfills")
    assert all(any(text.startswith(name) for text in texts) for name in names), texts
    assert await scene.services.outbox.overdue(scene.world.now) == []
