"""The queue of a cluster in words: how full it is, who is next, who holds the slots, and the place of a customer."""

from collections.abc import Mapping

from bot.blocks import kit, run_status, words
from bot.blocks.lines import Line, first_names
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.status.queue import QueueSilent, QueueSummary, Turn
from bot.fleet.status.queued import QueuedCustomers

NEXT_SHOWN = 5
HOLDERS_SHOWN = 5
LONGEST_REASON = 200


def line(cluster: str, queue: QueueSummary | QueueSilent, people: Mapping[str, str]) -> Line:
    """``voice-prod queue: 3 of 10 windows run, 12 customers queued, next: cvs, hilton and 10 more.`` ``people`` are
    names by user id."""
    if isinstance(queue, QueueSilent):
        why = kit.clip(queue.why, run_status.LONGEST_WHY)
        return Line.about(cluster, f"queue: who waits there is not known ({why}).")
    paused = _paused(cluster, people.get(queue.paused_by, queue.paused_by))
    sentences = [f"{_counts(queue)}.", *paused, *([_full(queue)] if queue.is_full else [])]
    return Line.about(cluster, f"queue: {' '.join(sentences)}")


def waiting(queued: QueuedCustomers) -> Line:
    """``voice-prod queue: 12 customers queued, next: cvs, hilton and 10 more.``, for Home and the digest."""
    names = [words.name(name) for name in queued.upcoming]
    more = queued.number - queued.held - len(names)
    listed = ", ".join(names) + (f" and {more:,} more" if more else "")
    if queued.silent:
        why = kit.clip(queued.silent, run_status.LONGEST_WHY)
        return Line.about(queued.cluster, f"queue did not answer ({why}). May be queued: {listed}.")
    upcoming = f", next: {listed}" if names else ""
    held = f" {queued.held:,} held: {SLASH} resume NAME lets one go on." if queued.held else ""
    customers = words.plural(queued.number, "customer")
    sentences = [f"{customers} queued{upcoming}.{held}", *_paused(queued.cluster, queued.paused_by)]
    return Line.about(queued.cluster, f"queue: {' '.join(sentences)}")


def place(cluster: str, turn: Turn, people: Mapping[str, str]) -> str:
    """``Queued, place 3 of 12, by olivia: the January gap.`` ``people`` are names by user id."""
    if isinstance(turn, QueueSilent):
        return f"Whether it is queued is not known: {kit.clip(turn.why, run_status.LONGEST_WHY)}."
    lead = f"Queued, place {turn.place:,} of {turn.waiting:,}" if turn.place else "Queued, its turn has come"
    who = words.name(people.get(turn.by, turn.by))
    by = f", by {who}: {words.sentence(turn.reason, LONGEST_REASON)}" if who else "."
    held = ["It is held: others go first."] if turn.is_held else []
    return " ".join([f"{lead}{by}", *held, *_paused(cluster, people.get(turn.paused_by, turn.paused_by))])


def _counts(queue: QueueSummary) -> str:
    running = words.plural(queue.windows, "window")
    if queue.at_once is not None:
        running = f"{queue.windows:,} of {words.plural(queue.at_once, 'window')}"
    parts = [f"{running} {'runs' if queue.windows == 1 else 'run'}"]
    parts += [f"{words.plural(queue.beginning, 'customer')} beginning"] if queue.beginning else []
    parts += [f"{words.plural(queue.waiting, 'window')} waiting for a slot"] if queue.waiting else []
    parts.append(f"{words.plural(queue.queued, 'customer')} queued" if queue.queued else "nobody queued")
    parts += [f"{queue.held:,} of them held"] if queue.held else []
    upcoming = list(map(words.name, queue.upcoming))
    return ", ".join(parts) + (f", next: {first_names(upcoming, NEXT_SHOWN)}" if upcoming else "")


def _paused(cluster: str, by: str) -> list[str]:
    return [f"Paused by {words.name(by)}: {SLASH} resume {typed(cluster)} lets the queue go on."] if by else []


def _full(queue: QueueSummary) -> str:
    """Who holds the slots: the customers of the bot's sequences, and runs that the bot has not started, each of which
    takes a slot as well."""
    held = [f"{words.name(holder.customer)} {holder.slots:,}" for holder in queue.holders]
    holders = [f"held by {first_names(held, HOLDERS_SHOWN)}"] if held else []
    if queue.other_runs:
        names = [words.name(ref.workflow_id) for ref in queue.examples]
        which = f" ({', '.join(names)}{', …' if queue.other_runs > len(names) else ''})" if names else ""
        takes = "takes one" if queue.other_runs == 1 else "take one each"
        holders.append(f"{words.plural(queue.other_runs, 'run')} that the bot has not started {takes}{which}")
    return f"No slot is free: {'; '.join(holders)}." if holders else "No slot is free."
