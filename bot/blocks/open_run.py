"""How an open run is doing, in words: its health and the reason, how far it has got, and what is late."""

from datetime import datetime

from bot.blocks import children, health, heartbeats
from bot.fleet.runs.assessment import Assessment
from bot.fleet.runs.run import Run
from bot.model import Health, TaskKind, duration_text

_TASKS = {TaskKind.WORKFLOW: "workflows", TaskKind.ACTIVITY: "activities"}


def how(run: Run, now: datetime, *, is_part: bool = False) -> str:
    """``Attempt 1, healthy, running for 22 h 10 m``, how far the run has got, and the reason if it is not healthy.
    ``is_part``: the run is one window among others, so the text says "6% of the window" instead of "6%"."""
    if run.health is None:
        return f"Health not known, {_age(run, now)}"
    parts = [f"{_attempt(run.health)}, {run.health.health.value}, {_age(run, now)}"]
    if reason := health.in_line(run.health):
        parts.append(reason)
    parts += _below_and_workers(run, run.health)
    if run.health.progress.text:
        parts.append(f"At {heartbeats.reached(run.health.progress.text, ' of the window' if is_part else '')}")
    return _sentences([*parts, *_heartbeat(run.health, now)])


def trouble(lead: str, run: Run, assessment: Assessment, now: datetime) -> str:
    """``struggling, full range, attempt 5: timed out on heartbeat 4 times. At Jan 3 (3%), running for 8 m``, where
    ``lead`` is the text before the attempt: ``struggling, full range``."""
    attempt = f", {_attempt(assessment)}" if assessment.attempt > 1 or assessment.child else ""
    reason = f": {why}" if (why := health.in_line(assessment)) else ""
    reached = heartbeats.in_brief(assessment.progress.text)
    age = f"at {reached}, {_age(run, now)}" if reached else _age(run, now)
    parts = [age, *_below_and_workers(run, assessment), *_heartbeat(assessment, now)]
    return f"{lead}{attempt}{reason}. {_sentences(parts)}"


def _age(run: Run, now: datetime) -> str:
    return f"running for {duration_text(run.age(now))}"


def _attempt(assessment: Assessment) -> str:
    return f"attempt {assessment.attempt}{children.of_child(assessment.child)}"


def _below_and_workers(run: Run, assessment: Assessment) -> list[str]:
    """The children in trouble, and whether workers poll the task queue on which something waits."""
    parts = children.how_they_do(run.children) if run.children else []
    if assessment.waiting_since:
        parts.append(_pollers(run.pollers, f"{assessment.task_queue} for {_TASKS[assessment.waits_for]}"))
    return parts


def _heartbeat(assessment: Assessment, now: datetime) -> list[str]:
    """Up to two sentences: that encryption hides the progress, if it does; and how long ago the last heartbeat was,
    if the run is not healthy and its next heartbeat is late."""
    parts = ["Its heartbeat details are encrypted"] if assessment.progress.is_encrypted else []
    last, timeout = assessment.last_heartbeat_at, assessment.heartbeat_timeout
    if assessment.health is not Health.HEALTHY and last and (timeout is None or now - last > timeout):
        parts.append(f"Last heartbeat {duration_text(now - last)} ago")
    return parts


def _pollers(number: int | None, queue: str) -> str:
    if number is None:
        return f"Whether a worker polls {queue} is not known"
    if number > 1:
        return f"{number:,} workers poll {queue}"
    return f"{'One' if number else 'No'} worker polls {queue}"


def _sentences(parts: list[str]) -> str:
    """The parts joined as sentences. The caller adds the last full stop."""
    return ". ".join(part[:1].upper() + part[1:] for part in parts)
