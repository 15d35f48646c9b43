"""Pure: the channel against what should have been said. Each difference is one sentence; none is what we want.

Three witnesses: Temporal (what has happened), the store (what was to be said), the channel (what people see).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from bot.fleet.notifications.attempts import ALWAYS_WITH_LINE, EVERY
from bot.fleet.notifications.keys import episode_id
from bot.model import Ref
from tests.chaos.channel import Said
from tests.chaos.memory import Memory, Recorded
from tests.chaos.truth import Drove, Ran, Truth
from tests.e2e.control import attempts_told

# So that some come within the day; the world's own comes once a morning.
DIGESTS_APART = timedelta(minutes=2)
DIGEST = "digest:"
ATTEMPT = re.compile(r"episode:(?P<story>\w+):attempt:(?P<activity>[^:]+):\d+")


def differences(channel: Sequence[Said], memory: Memory, truth: Truth) -> list[str]:
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


def doubled(channel: Iterable[Said]) -> Iterator[str]:
    """A key stands once."""
    for key, times in Counter(said.key for said in channel).items():
        if times > 1:
            yield f"doubled: {key} stands {times} times"


def against_memory(channel: Iterable[Said], messages: Iterable[Recorded]) -> Iterator[str]:
    """Every message stands, in its thread, as it was recorded last; and nothing else does."""
    shown = {said.key: said for said in channel}
    recorded = {message.key: message for message in messages}
    for key in shown.keys() - recorded.keys():
        yield f"nobody recorded {key}: {shown[key].text}"
    for key, message in recorded.items():
        said = shown.get(key)
        if message.waits:
            yield f"still waits: {key}"
        elif message.set_aside:
            yield f"set aside: {key}, {message.set_aside}"
        elif message.left_out:
            if said:
                yield f"left out ({message.left_out}), and stands: {key}"
        elif said is None:
            yield f"lost: {key}"
        else:
            yield from _amiss(said, message, shown)


def _amiss(said: Said, message: Recorded, shown: dict[str, Said]) -> Iterator[str]:
    if said.words != message.words:
        yield f"not as it was recorded last: {said.key} says {said.words}, not {message.words}"
    root = shown.get(message.thread_key)
    if said.thread != (root.ts if root else ""):
        yield f"in the wrong thread: {said.key}"


def out_of_order(channel: Iterable[Said], messages: Iterable[Recorded]) -> Iterator[str]:
    """What replies in a thread stands in the order in which it was recorded."""
    recorded = {message.key: message.turn for message in messages if message.turn is not None}
    for one in {said.thread for said in channel} - {""}:
        lines = [said for said in channel if said.thread == one and said.key in recorded]
        for before, after in pairwise(sorted(lines, key=lambda said: said.ts)):
            if recorded[before.key] > recorded[after.key]:
                yield f"out of order: {before.key} before {after.key}"


def of_sequence(sequence: Drove, channel: Iterable[Said]) -> Iterator[str]:
    """Each of its lines stands once, in the order of its story, in one thread; the end of a closed one is last."""
    card = f"sequence:{sequence.id}"
    shown = sorted((said for said in channel if said.key.startswith(f"{card}:")), key=lambda said: said.ts)
    expected = [f"{card}:{number}" for number in range(1, len(sequence.lines) + 1)]
    told = [said.key for said in shown]
    if told != expected:
        yield f"{sequence.customer}: the thread tells {told}, the sequence {expected}"
    root = next((said.ts for said in channel if said.key == sequence.thread_key), "no message")
    if {said.thread for said in shown} - {root}:
        yield f"{sequence.customer}: lines outside the thread of {sequence.thread_key}"
    if not sequence.is_open and sequence.lines[-1]["kind"] != "sequence end":
        yield f"{sequence.customer}: closed without its last word"
    for line, said in zip(sequence.lines, shown, strict=False):
        if line["kind"] == "sequence window" and _range(line) not in said.text:
            yield f"{said.key} does not tell of {_range(line)}: {said.text}"


def _range(line: dict[str, dict[str, dict[str, str]]]) -> str:
    start, end = (date.fromisoformat(line["ended"]["window"][name]) for name in ("start", "end"))
    return f"{start:%b} {start.day} → {end:%b} {end.day}"


def windows_untold(truth: Truth) -> Iterator[str]:
    """What sequences say is complete is what Temporal says they have completed: each window once."""
    for cluster, customer in sorted({(one.cluster, one.customer) for one in truth.sequences}):
        own = [one for one in truth.sequences if (one.cluster, one.customer) == (cluster, customer)]
        if any(one.is_open for one in own):
            continue
        begun_at = min(one.started_at for one in own)
        told = sorted(window for one in own for window in one.completed)
        runs = sorted(
            run.days
            for run in truth.runs
            if run.cluster == cluster
            and run.workflow_id == f"backfill-{customer}-{run.days}"
            and run.is_complete
            and run.started_at > begun_at
        )
        if told != runs:
            yield f"{customer}: complete by its threads {told}, by Temporal {runs}"


def of_run(run: Ran, channel: Iterable[Said]) -> Iterator[str]:
    """Its attempts are told from the first on, none twice and none left out; of an open one all that have ended."""
    story = episode_id(Ref(*run.ref))
    told: dict[str, list[int]] = {}
    for said in sorted(channel, key=lambda said: said.ts):
        found = ATTEMPT.fullmatch(said.key)
        if found and found["story"] == story:
            told.setdefault(found["activity"], []).extend(attempts_told([said.text]))
    for attempts in told.values():
        if attempts != list(range(1, len(attempts) + 1)):
            yield f"{run.workflow_id}: the thread tells attempts {attempts}"
    latest = max((attempts[-1] for attempts in told.values()), default=0)
    if run.attempt and latest > run.attempt:
        yield f"{run.workflow_id}: attempt {latest} was told, there have been {run.attempt}"
    if run.is_open and latest < _always_told(run.attempt - 1):
        yield f"{run.workflow_id}: {run.attempt - 1} attempts have ended, {latest} were told"


def _always_told(ended: int) -> int:
    """Up to which attempt a line is certain: of many that end alike only every fifth has one."""
    return ended if ended <= ALWAYS_WITH_LINE else max(ALWAYS_WITH_LINE, ended // EVERY * EVERY)


def unheard(channel: Iterable[Said], memory: Memory, truth: Truth) -> Iterator[str]:
    """A run that was seen to fail has a message of its own, unless a sequence that drove it tells its story."""
    keys = {said.key for said in channel}
    driven = {(one.cluster, f"backfill-{one.customer}-"): one.started_at for one in reversed(truth.sequences)}
    for run in truth.runs:
        started = driven.get((run.cluster, run.workflow_id[: -len(run.days)]))
        is_driven = started is not None and run.started_at > started
        is_alerted = f"episode:{episode_id(Ref(*run.ref))}" in keys
        if run.ref in memory.failed and not is_driven and not is_alerted:
            yield f"nobody heard of {run.workflow_id}, which was seen to fail"
        if run.ref in memory.alerted and not is_alerted:
            yield f"the alert of {run.workflow_id} does not stand"


def digests_missed(channel: Iterable[Said]) -> Iterator[str]:
    """From the first one on there is one for each of its times."""
    times = sorted(said.key.removeprefix(DIGEST) for said in channel if said.key.startswith(DIGEST))
    for before, after in pairwise(map(datetime.fromisoformat, times)):
        if after - before > DIGESTS_APART:
            yield f"no digest between {before:%H:%M} and {after:%H:%M}"
