"""The findings of ``backfill-bot check``. ``bot.blocks.check_report`` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.fleet.diagnostics.facts import Fact


class Level(StrEnum):
    """The severity of a finding, in the words that the report shows.

    ``FAILED``: the bot cannot work.
    ``WARNING``: something looks odd.
    ``UNKNOWN``: the probe could not be made; another finding says why.
    """

    OK = "ok"
    WARNING = "warn"
    UNKNOWN = "skip"
    FAILED = "FAIL"


class Advice(StrEnum):
    """What to do about a failure."""

    TEMPORAL = "temporal"
    CLICKHOUSE = "clickhouse"
    CODEC = "codec"
    WORKFLOW = "workflow"
    IDENTITY = "identity"
    FILTERS = "filters"
    STATEMENTS = "statements"
    SLACK = "slack"
    SOCKET_MODE = "socket mode"
    OPERATORS = "operators"
    ROUTES = "routes"
    STORE = "store"
    OUTBOX = "outbox"
    CLOCK = "clock"
    CONFIGURATION = "configuration"


# Each cluster has its own section of the configuration for these, and the advice names that section.
_OF_ONE_CLUSTER = (Advice.TEMPORAL, Advice.CLICKHOUSE, Advice.CODEC)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one probe. ``problems`` keep the bot from working, ``warnings`` are what looks odd, and ``facts``
    are all other facts. ``is_known`` is False if the probe could not be made.

    ``advice`` says what to do about the problems. If it is None, the report shows the advice that belongs to the
    probe.
    """

    facts: tuple[Fact, ...] = ()
    problems: tuple[Fact, ...] = ()
    warnings: tuple[Fact, ...] = ()
    is_known: bool = True
    advice: Advice | None = None

    @property
    def level(self) -> Level:
        """The worst severity in the answer."""
        if self.problems:
            return Level.FAILED
        if self.warnings:
            return Level.WARNING
        return Level.OK if self.is_known else Level.UNKNOWN


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one probe: what answered, or what is wrong. ``probe`` is what was asked; ``clusters`` are the
    clusters that the result is about."""

    probe: str
    answer: Answer
    clusters: tuple[str, ...] = ()

    @property
    def level(self) -> Level:
        """The severity, which is that of the answer."""
        return self.answer.level

    @property
    def is_ok(self) -> bool:
        """Whether the probe has not failed. A warning or an unknown answer is no failure."""
        return self.level is not Level.FAILED


def join_findings(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Join equal failures of several clusters, such as one mistake in the configuration, into one finding that names
    all these clusters.

    The joined finding has the place of the first. Findings that are no failures stay as they are, and so do failures
    whose advice is about one cluster's section of the configuration.
    """
    groups: dict[Finding, list[Finding]] = {}
    for finding in findings:
        key = finding if finding.is_ok or finding.answer.advice in _OF_ONE_CLUSTER else replace(finding, clusters=())
        groups.setdefault(key, []).append(finding)
    return tuple(_join(group) for group in groups.values())


def _join(group: Sequence[Finding]) -> Finding:
    return replace(group[0], clusters=tuple(name for finding in group for name in finding.clusters))


def exit_code(findings: Sequence[Finding]) -> int:
    """0 if nothing has failed, else 1. A warning does not stop a deployment."""
    return 0 if all(finding.is_ok for finding in findings) else 1
