"""Facts about the comparison of contents as lines of ``check``."""

from bot.blocks.words import joined, plural, sentence
from bot.fleet.diagnostics.contents_facts import (
    ChecksumsAgree,
    ChecksumsNeverAgreed,
    ContentsFact,
    RowsAgree,
    RowsDisagree,
    RowsUnproven,
)


def text(fact: ContentsFact) -> str:
    """The fact as a line of the report."""
    match fact:
        case ChecksumsNeverAgreed(tables):
            advice = "check both expressions, or verify days that are right"
            return f"checksums of {joined(tables)} never agreed: {advice}"
        case ChecksumsAgree(tables):
            return f"checksums of {joined(tables)} have agreed"
        case RowsAgree(tables):
            return f"expected_rows of {joined(tables)} returns the rows that expected counts"
        case RowsDisagree(table, customer, day, returned, expected):
            checksums = ", and their checksums differ" if returned == expected else ""
            counts = (
                f"returns {plural(returned, 'row')} of {customer} on {day}, expected counts {expected:,}{checksums}"
            )
            return f"expected_rows of {table} {counts}: both have to be about the same rows"
        case RowsUnproven(table, customer, ""):
            return f"expected_rows of {table} is not compared with expected: the source has no rows of {customer}"
        case RowsUnproven(table, _, why):
            return f"expected_rows of {table} is not compared with expected: {sentence(why).rstrip('.')}"
