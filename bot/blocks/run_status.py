"""The state of a customer, of a run and of a cluster that did not answer, in words, for all answers that show it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.actions import ActionId
from bot.blocks import doubts, idle, kit, open_run, queue_turn, sequence_progress, sizing, words
from bot.blocks.lines import Line
from bot.blocks.moments import moment
from bot.fleet.runs.close_facts import causes_of
from bot.fleet.runs.run import Run
from bot.fleet.status.backfill import Backfill
from bot.fleet.status.board import Silent
from bot.fleet.status.last_end import last_end
from bot.fleet.status.stop import is_stopped
from bot.model import Health, Phase, State, Window, duration_text

GAPS_SHOWN = 3
RUNS_SHOWN = 3
LONGEST_WHY = 200
LONGEST_NAME = 120
SILENT_MARK = ":warning:"
# The command that looks at every cluster. It is for the terminal, not for Slack.
_CHECK = "backfill-bot check"
_GOING_ON = ":arrows_counterclockwise:"
_MARKS = {
    State.FAILED: ":red_circle:",
    State.IN_DOUBT: doubts.MARK,
    State.PARTIAL: ":large_orange_circle:",
    State.CANCELLED: ":large_orange_circle:",
    State.COMPLETE: ":large_green_circle:",
}
# The words for the states in which days are missing and nothing runs.
_STOPPED = {State.FAILED: "failed", State.PARTIAL: "stopped", State.CANCELLED: "stopped"}


def customer(backfill: Backfill, now: datetime, people: Mapping[str, str]) -> str:
    """State, open runs with their health, and the time left, in a few sentences. ``people`` are names by user id."""
    sentences = _state_and_health(backfill, now, people)
    is_under_way = backfill.open_runs or backfill.sequence
    is_ending = backfill.state is State.CANCELLING
    if is_under_way and not is_ending and backfill.left is not None and backfill.missing:
        remainder = "left" if backfill.goes_on else "of work left"
        of_all = " for all days" if _has_windows(backfill) else ""
        sentences.append(f"About {sizing.at_pace(backfill.left)} {remainder}{of_all}.")
    if not is_under_way and (latest := backfill.latest_missing):
        sentences += _last_failure(latest)
    return " ".join(sentences)


def _has_windows(backfill: Backfill) -> bool:
    """Whether the days are filled by several runs. Then the time left is for all days, not for the open run alone."""
    return backfill.sequence is not None or any(_is_part(run, backfill.whole) for run in backfill.open_runs)


def _is_part(run: Run, whole: Window) -> bool:
    return run.window is not None and not run.window.contains(whole)


def _state_and_health(backfill: Backfill, now: datetime, people: Mapping[str, str]) -> list[str]:
    """The state, and how the open runs are doing. If they are not healthy, their health replaces the word
    "running"."""
    text, runs = state(backfill, people), backfill.open_runs
    if backfill.health in (None, Health.HEALTHY) or not text.startswith(State.RUNNING.value):
        return [f"{text}.", *_open_runs(backfill, now)]
    text = f"{backfill.health}{text.removeprefix(State.RUNNING.value)}"
    if len(runs) == 1 and runs[0].health:
        return [f"{open_run.trouble(text, runs[0], runs[0].health, now)}."]
    return [f"{text}.", *_open_runs(backfill, now)]


def group(backfill: Backfill) -> str:
    """The word under which a headline counts the customer. The first of these that fits: "queued" or "may be queued";
    "failed" or "stopped"; "paused"; a bad health of its open runs; or else its state."""
    if word := queue_turn.word(backfill):
        return word
    if backfill.state in _STOPPED:
        return _STOPPED[backfill.state]
    progress = backfill.sequence.progress if backfill.sequence else None
    if progress and progress.paused_by:
        return Phase.PAUSED.value
    if backfill.open_runs and backfill.health not in (None, Health.HEALTHY):
        return str(backfill.health)
    return backfill.state.value


def mark(backfill: Backfill) -> str:
    """The icon of a customer, for its state and whether it needs a person."""
    if queue_turn.word(backfill):
        return queue_turn.MARK
    if backfill.state in (State.RUNNING, State.CANCELLING):
        return _GOING_ON if not backfill.needs_person else ":warning:"
    return _MARKS.get(backfill.state, ":white_circle:")


def act(backfill: Backfill) -> ActionId:
    """What a person should do for this customer: run its missing days, resume its sequence or its place in the queue,
    split its run, or else look at its details."""
    progress = backfill.sequence.progress if backfill.sequence else None
    if is_stopped(backfill):
        return ActionId.RETRY
    is_held = backfill.place is not None and backfill.place.is_held
    if is_held or (progress and progress.paused_by):
        return ActionId.RESUME
    is_alone = backfill.sequence is None
    return ActionId.SPLIT if is_alone and backfill.health is Health.STRUGGLING else ActionId.STATUS


def headline(backfill: Backfill, now: datetime, people: Mapping[str, str]) -> Line:
    """``hilton on voice-prod: stopped by Olivia Nov 30 02:10 after 2 of 11 windows: 41 days missing (Jan 11–Feb
    20).`` If it is not known who stopped the customer, the line says since when nothing has run. For a customer that
    is not stopped, it has the state only."""
    lead, text = Line.about(backfill.customer, f"on {backfill.cluster}:"), customer(backfill, now, people)
    stop = backfill.stop
    if not is_stopped(backfill):
        return lead.then(text)
    if stop and stop.by:
        by = lead.then(f"stopped by {words.name(people.get(stop.by, stop.by))}").then(moment(stop.at))
        return by.then(text.removeprefix(_STOPPED[backfill.state]), separator="")
    return lead.then(text).then(idle.sentence(stop.at if stop else None, last_end(backfill), now))


def _last_failure(run: Run) -> list[str]:
    """The last failed attempt that the bot has seen, if Temporal does not say why the run ended."""
    if run.failures and not causes_of(run.execution):
        return [f"Last failure: {kit.clip(words.failure(run.failures[-1].failure), LONGEST_WHY)}."]
    return []


def state(backfill: Backfill, people: Mapping[str, str]) -> str:
    """``running, window 2 of 11 (Jan 6–10)``. If nothing runs, ``stopped after 1 of 11 windows: 46 days missing``, or
    ``queued, place 3 of 12``."""
    if lead := queue_turn.lead(backfill):
        return f"{lead}{_so_far(backfill)}"
    word = backfill.state.value
    match backfill.state:
        case State.RUNNING | State.CANCELLING:
            return _progress(backfill, people)
        case State.PARTIAL | State.FAILED | State.CANCELLED:
            count = backfill.windows
            so_far = f" after {count.done} of {words.plural(count.total, 'window')}:" if count else ","
            return f"{_STOPPED[backfill.state]}{so_far} {missing(backfill)}"
        case State.IN_DOUBT:
            summary = doubts.summary(backfill.doubts, backfill.whole)
            return f"{word}: {summary}, {missing(backfill)}"
        case State.NOT_APPLICABLE:
            return "nothing to fill, the source has no rows in range"
        case _:
            return word


def _so_far(backfill: Backfill) -> str:
    """For a queued customer: ``, 2 of 11 windows done: 41 days missing (Jan 11–Feb 20)``. "" if no run of the
    customer has begun, or if the state of the customer is unknown."""
    if backfill.state in (State.NOT_STARTED, State.UNKNOWN):
        return ""
    count = backfill.windows
    done = f", {count.done} of {words.plural(count.total, 'window')} done" if count else ""
    return f"{done}: {missing(backfill)}"


def _progress(backfill: Backfill, people: Mapping[str, str]) -> str:
    """The progress that the customer's sequence reports. Without a sequence, what the open runs show."""
    progress = backfill.sequence.progress if backfill.sequence else None
    if progress and progress.phase is not Phase.ENDED:
        return sequence_progress.state(backfill.state, progress, people)
    parts = [backfill.state.value, _part(backfill)]
    if backfill.sequence and progress is None:
        parts.append("its sequence does not answer")
    return ", ".join(part for part in parts if part)


def missing(backfill: Backfill) -> str:
    """``46 days missing (Jan 6–Feb 20)``."""
    number = words.days(backfill.whole.days - backfill.covered_days)
    return f"{number} missing ({ranges(backfill.missing, backfill.whole)})"


def link(backfill: Backfill) -> str:
    """A link to the run to look at first: the worst open one, or else the latest one that covers missing days."""
    run = next(iter(backfill.open_runs), backfill.latest_missing)
    return run.link if run else ""


def silent(row: Silent, now: datetime) -> str:
    """``did not answer (Temporal: no answer within 3 s), last seen 4 m ago``"""
    seen = f"last seen {duration_text(now - row.last_seen)} ago" if row.last_seen else "never seen yet"
    what = f"{row.system.removesuffix(f' of {row.cluster}')}: " if row.system else ""
    return f"did not answer ({kit.clip(f'{what}{row.why}', LONGEST_WHY)}), {seen}"


def stopped_lead(number: int) -> Line:
    """How many customers are stopped, and what to do."""
    customers = words.plural(number, "customer")
    return with_bold_lead(f"{customers} stopped: run what is missing; complete days are not run again.")


def with_bold_lead(text: str) -> Line:
    """The text, with the words before its first colon in bold."""
    lead, _, rest = text.partition(":")
    return Line(text, f"*{kit.escape(lead)}*:{kit.escape(rest)}")


def silent_advice(clusters: int) -> Line:
    """What it means that clusters did not answer, and what to do now; empty if there are none."""
    if not clusters:
        return Line.of("")
    until, whose = ("it answers", "its") if clusters == 1 else ("they answer", "their")
    lead = f"Until {until}, there are no new alerts about {whose} runs."
    return Line.of(lead).then(Line(_CHECK, kit.code(_CHECK))).then("on the bot's host says why.")


def _open_runs(backfill: Backfill, now: datetime) -> list[str]:
    """The health of the open runs, worst first. If there are several, each with its days."""
    runs = backfill.open_runs
    if len(runs) == 1:
        return [f"{open_run.how(runs[0], now, is_part=_is_part(runs[0], backfill.whole))}."]
    days = [words.short_range(run.window) if run.window else "Days not recognised" for run in runs[:RUNS_SHOWN]]
    hows = (open_run.how(run, now, is_part=_is_part(run, backfill.whole)) for run in runs)
    sentences = [f"{label}: {how}." for label, how in zip(days, hows, strict=False)]
    hidden = len(runs) - len(sentences)
    others = f"{words.plural(hidden, 'other run')} {words.be(hidden)} open."
    return [*sentences, others] if hidden else sentences


def _part(backfill: Backfill) -> str:
    """``window 2 of 11 (Jan 6–10)``, or ``full range`` if one run covers everything.

    If the customer has an open sequence, the numbers are left out, because only the sequence knows them.
    """
    running = {run.window for run in backfill.open_runs if run.window}
    running_windows = sorted(window for window in running if not window.contains(backfill.whole))
    parts = ["full range"] if len(running_windows) < len(running) else []
    count = None if backfill.sequence else backfill.windows
    if running_windows and count is None:
        parts.append(ranges(running_windows, backfill.whole))
    elif running_windows and count:
        last = min(count.done + len(running_windows), count.total)
        label = f"windows {count.done + 1} to {last}" if len(running_windows) > 1 else f"window {last}"
        parts.append(f"{label} of {count.total} ({ranges(running_windows, backfill.whole)})")
    return " and ".join(parts)


def ranges(windows: Sequence[Window], whole: Window) -> str:
    """The first ranges, as ``words.range_in`` writes them, and the number of the others."""
    shown = [words.range_in(window, whole) for window in windows[:GAPS_SHOWN]]
    more = len(windows) - GAPS_SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
