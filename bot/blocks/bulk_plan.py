"""Draws the whole plan of a command for very many customers as a file. The dialog of such a command has only one line
for each cluster."""

from collections.abc import Iterator

from bot.blocks import acts, markdown, refusals, sizing, words
from bot.fleet.proposals.bulk import BulkProposal
from bot.fleet.proposals.proposal import Proposal
from bot.message import Document

_HEADER = ("Cluster", "Customer", "What would be done", "Days", "About")


def whole_plan(bulk: BulkProposal) -> Document:
    """A Markdown table of the customers in the order in which they are run, then those left out, with the reason."""
    word = bulk.command.word()
    title = f"{word.capitalize()}: the whole plan for {words.plural(len(bulk.customers), 'customer')}"
    lines = [f"# {title}", "", *markdown.table(_HEADER, map(_row, bulk.proposals)), *_left_out(bulk)]
    return Document(f"{word}-plan.md", title, "\n".join(lines))


def _row(proposal: Proposal) -> tuple[str, ...]:
    plan = proposal.plan
    texts = (
        proposal.target.cluster,
        words.name(proposal.target.customer),
        acts.customer_summary(proposal.acts),
        str(sum(planned.window.days for planned in plan.to_run)) if plan else "",
        sizing.span(plan.eta) if plan and plan.eta else "",
    )
    return tuple(map(markdown.escape, texts))


def _left_out(bulk: BulkProposal) -> Iterator[str]:
    if bulk.left_out or bulk.silent:
        yield from ("## Left out", "")
    yield from markdown.bullets(
        markdown.escape(f"{each.target}: {words.sentence(refusals.problem(each.reason))}") for each in bulk.left_out
    )
    yield from markdown.bullets(
        markdown.escape(f"{each.cluster} did not answer ({each.why}): {', '.join(each.customers)}")
        for each in bulk.silent
    )
