"""The views of submitted modals are cached for as long as Slack may deliver the submission again."""

from datetime import timedelta

from bot.message import View
from handlers.listeners.submission_cache import KEPT, SubmissionCache
from tests.fakes.services import NOW

WORKING, DONE = View("Working", ()), View("Done", ())


def test_a_submission_is_new_once() -> None:
    shown = SubmissionCache()
    before = shown.get("V1 h1")
    shown.put("V1 h1", WORKING, NOW)

    assert before is None
    assert shown.get("V1 h1") == WORKING
    assert shown.get("V1 h2") is None


def test_what_it_shows_later_replaces_what_it_showed() -> None:
    shown = SubmissionCache()
    shown.put("V1 h1", WORKING, NOW)
    shown.put("V1 h1", DONE, NOW + timedelta(seconds=1))

    assert shown.get("V1 h1") == DONE


def test_what_is_too_old_to_come_again_is_forgotten() -> None:
    shown = SubmissionCache()
    shown.put("V1 h1", WORKING, NOW)
    shown.put("V2 h1", WORKING, NOW + KEPT)

    assert shown.get("V1 h1") is None
    assert shown.get("V2 h1") == WORKING
