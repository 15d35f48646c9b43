"""Whatever passes validation can be drawn; whatever comes in either passes or is refused, and nothing breaks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_slack import SlackSeed, Timings
from local_slack.errors import SlackError
from local_slack.page import Page
from local_slack.page.view_models import channel_messages
from local_slack.user_actions.form_input import client_errors
from local_slack.validation import (
    MessageArguments,
    Surface,
    check_message,
    check_view,
)
from local_slack.workspace import Workspace
from local_slack.workspace.messages import Place
from tests.local_slack.harness import Json
from tests.local_slack.validation.cases import ACCEPTED

TITLE = {"type": "plain_text", "text": "Split"}
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=10),
    st.sampled_from(["section", "mrkdwn", "<b>", ""]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["type", "text", "id"]), st.text(max_size=3)),
)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything inside a block."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in inner for found in places_in(child, (*path, key)))]


@st.composite
def mutated_blocks(draw: st.DrawFn) -> list[Json]:
    blocks: list[Json] = [copy.deepcopy(draw(st.sampled_from(ACCEPTED)))]
    for _ in range(draw(st.integers(0, 3))):
        *path, last = draw(st.sampled_from(places_in(blocks)[1:] or [(0,)]))
        holder: Any = blocks
        for key in path:
            holder = holder[key]
        if draw(st.booleans()) and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = draw(JUNK)
    return blocks


def page_of(blocks: Any) -> str:
    """A channel's messages as the page shows them, after one message of these blocks."""
    ws = Workspace(SlackSeed(), lambda: datetime.now(UTC), Timings())
    ws.post_as_bot(Place("C0BACKFILL"), check_message(MessageArguments(text="x", blocks=blocks)))
    return Page(ws).draw(channel_messages(ws, "C0BACKFILL", "U00OLIVIA0"), in_thread=False)


def refusal_of(work: Callable[[], object]) -> str | None:
    """The code something is refused with, or None. Anything else that is raised fails the test."""
    try:
        work()
    except SlackError as refusal:
        return refusal.code
    return None


@settings(deadline=None)
@given(mutated_blocks())
def test_blocks_are_refused_or_drawn(blocks: list[Json]) -> None:
    assert refusal_of(lambda: page_of(blocks)) in {None, "invalid_blocks", "invalid_blocks_format"}


def modal_of(blocks: Any) -> str:
    """A modal of these blocks as the page shows it, filled in with nothing."""
    ws = Workspace(SlackSeed(), lambda: datetime.now(UTC), Timings())
    view = {"type": "modal", "title": TITLE, "submit": TITLE, "blocks": blocks}
    opened = ws.views.open("U00OLIVIA0", check_view(view, Surface.MODAL))
    client_errors(ws.views, opened)
    return Page(ws).draw_modal("U00OLIVIA0")


@settings(deadline=None)
@given(mutated_blocks())
def test_modals_are_refused_or_drawn(blocks: list[Json]) -> None:
    assert refusal_of(lambda: modal_of(blocks)) in {None, "invalid_arguments"}


@settings(deadline=None)
@given(st.one_of(JUNK, st.dictionaries(st.sampled_from(["type", "title", "blocks", "submit"]), JUNK)))
def test_views_are_refused_or_kept(view: Any) -> None:
    assert refusal_of(lambda: check_view(view, Surface.MODAL)) in {None, "invalid_arguments"}


@pytest.mark.parametrize("text", ["*a " * 1000, "```" * 900 + "x", "<" * 3000, "_" * 3000, "`a" * 1500, "> " * 1500])
def test_long_and_awkward_texts_are_drawn_whole(text: str) -> None:
    """A pattern that backtracks without end would run into the time limit of every test."""
    drawn = page_of([{"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}])

    assert drawn.strip().endswith("</article>")
