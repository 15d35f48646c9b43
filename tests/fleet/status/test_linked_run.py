"""Which page of Temporal's web UI an address leads to."""

import pytest

from bot.fleet.status.linked_run import WorkflowPage, workflow_page
from bot.model import Ref

BASE = "temporal.example.com:443/namespaces/voice-prod/workflows"
UI = "https://temporal.example.com/namespaces/voice-prod/workflows"


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (f"{UI}/wf-1/run-1/history", WorkflowPage(BASE, "wf-1", "run-1")),
        (f"{UI}/wf-1/run-1", WorkflowPage(BASE, "wf-1", "run-1")),
        (f"{UI}/wf-1", WorkflowPage(BASE, "wf-1", "")),
        (f"{UI}/wf%2F1/run-1/timeline?a=1&amp;b=2#x", WorkflowPage(BASE, "wf/1", "run-1")),
        (f"{UI}/wf-1//history", WorkflowPage(BASE, "wf-1", "")),
        ("https://TEMPORAL.example.com:443/namespaces/voice-prod/workflows/a", WorkflowPage(BASE, "a", "")),
        ("http://h:8233/ui/namespaces/n/workflows/a", WorkflowPage("h:8233/ui/namespaces/n/workflows", "a", "")),
        (UI, None),
        ("https://temporal.example.com/namespaces/voice-prod/schedules/a", None),
        ("https://temporal.example.com/", None),
        ("https://h:port/namespaces/n/workflows/a", None),
        ("http://[::1/namespaces/n/workflows/a", None),
        ("no address", None),
    ],
)
def test_the_page_of_a_workflow_is_recognised(url: str, page: WorkflowPage | None) -> None:
    assert workflow_page(url) == page


def test_a_page_belongs_to_one_web_ui_and_namespace() -> None:
    page = workflow_page(f"{UI}/wf-1/run-1")
    assert page is not None

    assert page.is_like(workflow_page(f"{UI}/other"))
    assert not page.is_like(workflow_page("https://temporal.example.com/namespaces/other/workflows/wf-1/run-1"))
    assert not page.is_like(None)
    assert page.ref_on("voice-prod") == Ref("voice-prod", "wf-1", "run-1")
