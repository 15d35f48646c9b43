"""Pure: the channel against what should have been said. Each difference is one sentence; none is what we want.

Three witnesses: Temporal (what has happened), the store (what was to be said), the channel (what people see).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.fleet.notifications.attempts import ALWAYS_WITH_LINE, EVERY
from bot.fleet.notifications.keys import episode_id
from bot.model import Ref, Window
from tests.chaos.channel import ChannelMessage
from tests.chaos.memory import Memory, Recorded
from tests.chaos.truth import Drove, Ran, Truth
from tests.e2e.control import attempts_in

# So that some come within the day; the world's own comes once a morning.
DIGESTS_APART = timedelta(minutes=2)
DIGEST = "digest:"
ATTEMPT = re.compile(r"episode:(?P<story>\w+):attempt:(?P<activity>[^:]+):\d+")


def differences(channel: Sequence[ChannelMessage], memory: Memory, truth: Truth) -> list[str]:
    """Everything that is not as it should be."""
    return [
        *doubled(channel),
        *against_memory(channel, memory.messages),
        *out_of_order(channel, memory.messages),
        *(each for sequence in truth.sequences for each in of_sequence(sequence, channel)),
        *windows_untold(truth),
        *(each for run in truth.runs for each in of_run(run, channel)),
        *unheard(channel, memory, truth),
        *digests_missed(channel),
    ]


def doubled(channel: Iterable[ChannelMessage]) -> Iterator[str]:
    """A key stands once."""
    for key, times in Counter(posted.key for posted in channel).items():
        if times > 1:
            yield f"doubled: {key} stands {times} times"


def against_memory(channel: Iterable[ChannelMessage], messages: Iterable[Recorded]) -> Iterator[str]:
    """Every message stands, in its thread, as it was recorded last; and nothing else does."""
    shown = {posted.key: posted for posted in channel}
    recorded = {message.key: message for message in messages}
    for key in shown.keys() - recorded.keys():
        yield f"nobody recorded {key}: {shown[key].text}"
    for key, message in recorded.items():
        posted = shown.get(key)
        if message.waits:
            yield f"still waits: {key}"
        elif message.set_aside:
            yield f"set aside: {key}, {message.set_aside}"
        elif message.left_out:
            if posted:
                yield f"left out ({message.left_out}), and stands: {key}"
        elif posted is None:
            yield f"lost: {key}"
        else:
            yield from _amiss(posted, message, shown)


def _amiss(posted: ChannelMessage, message: Recorded, shown: dict[str, ChannelMessage]) -> Iterator[str]:
    if posted.words != message.words:
        yield f"not as it was recorded last: {posted.key} says {posted.words}, not {message.words}"
    root = shown.get(message.thread_key)
    if posted.thread != (root.ts if root else ""):
        yield f"in the wrong thread: {posted.key}"


def out_of_order(channel: Iterable[ChannelMessage], messages: Iterable[Recorded]) -> Iterator[str]:
    """What replies in a thread stands in the order in which it was recorded."""
    recorded = {message.key: message.turn for message in messages if message.turn is not None}
    for first in {posted.thread for posted in channel} - {""}:
        lines = [posted for posted in channel if posted.thread == first and posted.key in recorded]
        for before, after in pairwise(sorted(lines, key=lambda posted: posted.ts)):
            if recorded[before.key] > recorded[after.key]:
                yield f"out of order: {before.key} before {after.key}"


def of_sequence(sequence: Drove, channel: Iterable[ChannelMessage]) -> Iterator[str]:
    """Each of its lines stands once, in the order of its story, in one thread; the end of a closed one is last.
    Windows that go alike share a line."""
    card = f"sequence:{sequence.id}"
    shown = sorted((posted for posted in channel if posted.key.startswith(f"{card}:")), key=lambda posted: posted.ts)
    lines = _numbered(sequence.lines)
    expected = [f"{card}:{number}" for number in lines]
    answer = [posted.key for posted in shown]
    if answer != expected:
        yield f"{sequence.customer}: the thread tells {answer}, the sequence {expected}"
    root = next((posted.ts for posted in channel if posted.key == sequence.thread_key), "no message")
    if {posted.thread for posted in shown} - {root}:
        yield f"{sequence.customer}: lines outside the thread of {sequence.thread_key}"
    if not sequence.is_open and sequence.lines[-1]["kind"] != "sequence end":
        yield f"{sequence.customer}: closed without its last word"
    for line, posted in zip(lines.values(), shown, strict=False):
        if line["kind"] == "sequence window" and _range(line) not in posted.text:
            yield f"{posted.key} does not tell of {_range(line)}: {posted.text}"


def _numbered(lines: Sequence[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The lines by their numbers; of those that share a number, the last one."""
    return {(line.get("joined") or {}).get("line", number): line for number, line in enumerate(lines, 1)}


def _range(line: dict[str, Any]) -> str:
    days = (line.get("joined") or {}).get("days") or line["ended"]["window"]
    return Window(date.fromisoformat(days["start"]), date.fromisoformat(days["end"])).briefly()


def windows_untold(truth: Truth) -> Iterator[str]:
    """What sequences say is complete is what Temporal says they have completed: each window once."""
    for cluster, customer in sorted({(each.cluster, each.customer) for each in truth.sequences}):
        own = [each for each in truth.sequences if (each.cluster, each.customer) == (cluster, customer)]
        if any(each.is_open for each in own):
            continue
        begun_at = min(each.started_at for each in own)
        shown = sorted(window for each in own for window in each.completed)
        runs = sorted(
            run.days
            for run in truth.runs
            if run.cluster == cluster
            and run.workflow_id == f"backfill-{customer}-{run.days}"
            and run.is_complete
            and run.started_at > begun_at
        )
        if shown != runs:
            yield f"{customer}: complete by its threads {shown}, by Temporal {runs}"


def of_run(run: Ran, channel: Iterable[ChannelMessage]) -> Iterator[str]:
    """Its attempts are told from the first on, none twice and none left out; of an open one all that have ended."""
    story = episode_id(Ref(*run.ref))
    shown: dict[str, list[int]] = {}
    for posted in sorted(channel, key=lambda posted: posted.ts):
        found = ATTEMPT.fullmatch(posted.key)
        if found and found["story"] == story:
            shown.setdefault(found["activity"], []).extend(attempts_in([posted.text]))
    for attempts in shown.values():
        if attempts != list(range(1, len(attempts) + 1)):
            yield f"{run.workflow_id}: the thread tells attempts {attempts}"
    latest = max((attempts[-1] for attempts in shown.values()), default=0)
    if run.attempt and latest > run.attempt:
        yield f"{run.workflow_id}: attempt {latest} was told, there have been {run.attempt}"
    if run.is_open and latest < _always_posted(run.attempt - 1):
        yield f"{run.workflow_id}: {run.attempt - 1} attempts have ended, {latest} were told"


def _always_posted(ended: int) -> int:
    """Up to which attempt a line is certain: of many that end alike only every fifth has one."""
    return ended if ended <= ALWAYS_WITH_LINE else max(ALWAYS_WITH_LINE, ended // EVERY * EVERY)


def unheard(channel: Iterable[ChannelMessage], memory: Memory, truth: Truth) -> Iterator[str]:
    """A run that was seen to fail has a message of its own, unless a sequence that drove it tells its story."""
    keys = {posted.key for posted in channel}
    driven = {(each.cluster, f"backfill-{each.customer}-"): each.started_at for each in reversed(truth.sequences)}
    for run in truth.runs:
        started = driven.get((run.cluster, run.workflow_id[: -len(run.days)]))
        is_driven = started is not None and run.started_at > started
        is_alerted = f"episode:{episode_id(Ref(*run.ref))}" in keys
        if run.ref in memory.failed and not is_driven and not is_alerted:
            yield f"nobody heard of {run.workflow_id}, which was seen to fail"
        if run.ref in memory.alerted and not is_alerted:
            yield f"the alert of {run.workflow_id} does not stand"


def digests_missed(channel: Iterable[ChannelMessage]) -> Iterator[str]:
    """From the first one on there is one for each of its times."""
    times = sorted(posted.key.removeprefix(DIGEST) for posted in channel if posted.key.startswith(DIGEST))
    for before, after in pairwise(map(datetime.fromisoformat, times)):
        if after - before > DIGESTS_APART:
            yield f"no digest between {before:%H:%M} and {after:%H:%M}"
