"""Runs of teams with random mappings, for tests of what is proposed for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any

from hypothesis import strategies as st

from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.runs.days import write_day
from bot.fleet.runs.identity import Identity
from bot.model import Ref, Window
from tests.fleet.builders import execution

CUSTOMERS = ("acme", "cox-retention", "cox-tech-support", "7-eleven", "b", "umbrella-eu-2")
FIRST_DAYS = st.dates(date(2024, 1, 1), date(2026, 6, 30))


@dataclass(frozen=True)
class Shape:
    """How a team writes customer and days: ``place`` is hints, input or id. ``days``: a count instead of an end."""

    place: str
    names: tuple[str, str, str]
    form: str = "iso"
    is_included: bool = False
    has_count: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)

    def run(self, number: int, identity: Identity) -> SampleRun:
        customer, window = identity.customer, identity.window
        start = write_day(window.start, self.form, UTC)
        end = write_day(window.last if self.is_included else window.end, self.form, UTC)
        values = (customer, self._typed(start), window.days if self.has_count else self._typed(end))
        fields = {**dict(zip(self.names, values, strict=True)), **self.extra}
        workflow_id = f"fill/{customer}/{start}_{end}" if self.place == "id" else f"job-{number}"
        hints = {name: str(value) for name, value in fields.items()} if self.place == "hints" else {}
        ref = Ref("prod", workflow_id, f"run-{number}")
        return SampleRun(execution(ref=ref, hints=hints), [_nested(fields)] if self.place == "input" else [])

    def _typed(self, text: str) -> str | int:
        """Arguments hold numbers as numbers."""
        return int(text) if self.place == "input" and self.form.startswith("epoch") else text


def _nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """``range.from`` as ``{"range": {"from": …}}``."""
    nested: dict[str, Any] = {}
    for name, value in fields.items():
        outer, dot, inner = name.partition(".")
        if dot:
            nested.setdefault(outer, {})[inner] = value
        else:
            nested[name] = value
    return nested


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    place = draw(st.sampled_from(("hints", "input", "id")))
    customer = draw(st.sampled_from(("tenant", "CustomerId", "org_name", "x", "account", "client.id")))
    start, end = draw(
        st.sampled_from((("from", "to"), ("range.from", "range.until"), ("begin", "last_day"), ("a", "z")))
    )
    has_count = place != "id" and draw(st.booleans())
    forms = ("iso", "%Y%m%d", "epoch", "epoch_ms")
    noise = {
        "batch": 5_000,
        "mode": "full",
        "clientVersion": "2.1",
        "priority": 7,
        "requested_days": "all",
        "requested": "2026-06-30",
        "requested_ms": 1_782_777_600_000,
        "holidays": ["2026-01-01", "2026-05-01"],
        "retention_days": 30,
        "year": 2026,
    }
    chosen = draw(st.sets(st.sampled_from(sorted(noise))))
    return Shape(
        place,
        (customer, start, draw(st.sampled_from(("days", "n", "length"))) if has_count else end),
        draw(st.sampled_from(forms)),
        not has_count and draw(st.booleans()),
        has_count,
        {name: noise[name] for name in chosen},
    )


@st.composite
def cut_windows(draw: st.DrawFn, first: date) -> list[Window]:
    """Days cut into windows one after the other, as runs are that fill a range; some are run twice, or as halves."""
    windows: list[Window] = []
    for length in draw(st.lists(st.integers(1, 31), min_size=1, max_size=6)):
        windows.append(Window.of_days(windows[-1].end if windows else first, length))
    again = draw(st.lists(st.sampled_from(windows), max_size=2))
    halves = [half for window in again for half in _halves(window)]
    return [*windows, *again, *halves]


def _halves(window: Window) -> Sequence[Window]:
    if window.days == 1:
        return ()
    middle = Window.of_days(window.start, window.days // 2).end
    return Window(window.start, middle), Window(middle, window.end)


@st.composite
def identities(draw: st.DrawFn) -> list[Identity]:
    names = draw(st.lists(st.sampled_from(CUSTOMERS), min_size=1, max_size=4, unique=True))
    first = draw(FIRST_DAYS)
    return [Identity(name, window) for name in names for window in draw(cut_windows(first))]
