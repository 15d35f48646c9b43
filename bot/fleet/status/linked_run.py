"""The run that a link to Temporal's web UI leads to."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import SplitResult, unquote, urlsplit

from bot.fleet.runs.run import Run
from bot.model import Ref, Window

_PAGE = re.compile(r"\A(?P<base>.*/namespaces/[^/]+/workflows)/(?P<workflow>[^/]+)(?:/(?P<run>[^/]+))?(?:/.*)?")


@dataclass(frozen=True, slots=True)
class LinkedRun:
    """A run as it was at the time ``at`` of its cluster's clock. ``whole`` are the days of the campaign."""

    cluster: str
    run: Run
    whole: Window
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkflowPage:
    """The page of a workflow in a web UI. ``base`` is its address up to the workflow id; ``run_id`` is "" for the
    latest run."""

    base: str
    workflow_id: str
    run_id: str

    def ref_on(self, cluster: str) -> Ref:
        """The run that the page would show on this cluster. Does not check whether the page belongs to the
        cluster."""
        return Ref(cluster, self.workflow_id, self.run_id)

    def is_like(self, other: "WorkflowPage | None") -> bool:
        """Whether the other page belongs to the same web UI and namespace."""
        return other is not None and other.base == self.base

    def shows(self, run: Run) -> bool:
        """Whether it is the page of this run, or of an earlier link of its chain."""
        refs = [ref for ref in run.refs if ref.workflow_id == self.workflow_id]
        return bool(refs) and (not self.run_id or self.run_id in {ref.run_id for ref in refs})


def workflow_page(url: str) -> WorkflowPage | None:
    """The page that this address leads to; None for any other page. Slack gives addresses with ``&amp;``."""
    try:
        parts = urlsplit(html.unescape(url))
        host = _host(parts)
    except ValueError:
        return None
    found = _PAGE.fullmatch(parts.path)
    if not host or not found:
        return None
    base = f"{host}{unquote(found['base'])}"
    return WorkflowPage(base, unquote(found["workflow"]), unquote(found["run"] or ""))


def _host(parts: SplitResult) -> str:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.hostname}:{port}" if parts.hostname else ""
