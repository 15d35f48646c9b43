"""Finds the runs behind the links to Temporal in a message, for the cards below the message.

A card changes nothing, and many messages may have links at the same time. So an answer that the cluster gave to any
caller a moment ago is used again.
"""

from collections.abc import Mapping, Sequence

from bot.fleet.runs.run import ClusterView
from bot.fleet.status.linked_run import LinkedRun, WorkflowPage, workflow_page
from bot.services import Services
from bot.usecases.fan_out import ask_all
from bot.usecases.observe.shared import shared_look

# Cards for more links would hide the message.
MOST_LINKS = 5


async def linked_runs(urls: Sequence[str], services: Services) -> Mapping[str, LinkedRun]:
    """The runs by their links, at most MOST_LINKS. A link to a run that the bot does not know is absent, and so is a
    link to a cluster that does not answer."""
    pages = {url: page for url in dict.fromkeys(urls) if (page := workflow_page(url))}
    clusters = [cluster for cluster in services.clusters if _pages_of(cluster, pages, services)][:MOST_LINKS]
    views = await ask_all(lambda cluster: shared_look(cluster, services), clusters, services)
    found: dict[str, LinkedRun] = {}
    for view in views:
        if isinstance(view, ClusterView):
            for url, page in _pages_of(view.cluster, pages, services).items():
                found |= _linked(url, page, view, services)
    return dict(list(found.items())[:MOST_LINKS])


def _pages_of(cluster: str, pages: Mapping[str, WorkflowPage], services: Services) -> dict[str, WorkflowPage]:
    """Those of the Temporal pages that belong to this cluster's web UI and namespace, by URL."""
    engine = services.clusters[cluster].engine
    own = {url: workflow_page(engine.link(page.ref_on(cluster))) for url, page in pages.items()}
    return {url: page for url, page in pages.items() if page.is_like(own[url])}


def _linked(url: str, page: WorkflowPage, view: ClusterView, services: Services) -> dict[str, LinkedRun]:
    """The run of the page, or the latest run if the page names only a workflow; empty if the cluster has no such
    run."""
    runs = sorted((run for run in view.runs if page.shows(run)), key=lambda run: run.started_at)
    whole = services.config.campaign.window
    return {url: LinkedRun(view.cluster, runs[-1], whole, view.at)} if runs else {}
