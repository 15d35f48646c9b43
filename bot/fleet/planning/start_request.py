"""Builds the request that starts one run of the team's workflow. The same identity mapping writes the values of the
request and recognises runs. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from pydantic import JsonValue

from bot.fleet.runs.days import write_day
from bot.fleet.runs.id_template import IdTemplate
from bot.fleet.runs.identity import Identity, Source
from bot.fleet.runs.mapping import IdentityMapping, Keys, own_memo
from bot.fleet.runs.placeholder_values import PlaceholderValues
from bot.model import StartOrder, Window
from bot.model.placeholders import ISO
from bot.model.steps import StartOptions

# Temporal refuses longer fairness keys.
LONGEST_FAIRNESS_KEY = 64


class Startable(Protocol):
    """The workflow that the bot starts: the first of ``types``, on ``task_queue``."""

    @property
    def types(self) -> tuple[str, ...]: ...
    @property
    def task_queue(self) -> str: ...


@dataclass(frozen=True, slots=True)
class StartTemplate:
    """The configuration of the runs that the bot starts on one cluster.

    Texts in ``arguments``, ``search_attributes``, ``memo`` and the fairness key of ``options`` may contain
    placeholders. Search attributes and memo fields from which the mapping reads the customer and the days are written
    even if they are not named here.
    """

    cluster: str
    workflow_type: str
    task_queue: str
    id: IdTemplate
    arguments: tuple[JsonValue, ...]
    mapping: IdentityMapping
    search_attributes: Mapping[str, str] = field(default_factory=dict)
    memo: Mapping[str, str] = field(default_factory=dict)
    options: StartOptions = field(default_factory=StartOptions)
    campaign: str = ""


def start_order(template: StartTemplate, customer: str, window: Window, token: str) -> StartOrder:
    """The request that starts a window. ``token`` makes it idempotent."""
    identity, mapping = Identity(customer, window), template.mapping
    values = PlaceholderValues(customer, window, template.cluster, mapping.zone, campaign=template.campaign)
    hints = _named_values(mapping, Source.ATTRIBUTES, mapping.attributes, values)
    memo = _named_values(mapping, Source.MEMO, mapping.memo, values)
    of_input = replace(values, form=mapping.forms.get(Source.INPUT, ISO))
    fairness_key = _fairness_key(values.fill(template.options.fairness_key))
    return StartOrder(
        workflow_id=template.id.build(values),
        workflow_type=template.workflow_type,
        task_queue=template.task_queue,
        arguments=tuple(of_input.fill_value(argument) for argument in template.arguments),
        hints=hints | _filled(template.search_attributes, mapping, Source.ATTRIBUTES, values),
        token=token,
        memo=memo
        | _filled(template.memo, mapping, Source.MEMO, values)
        | dict(own_memo(identity, template.campaign)),
        options=replace(template.options, fairness_key=fairness_key),
    )


def _named_values(
    mapping: IdentityMapping, source: Source, keys: Keys | None, values: PlaceholderValues
) -> dict[str, str]:
    """The values to write into this source, in the form in which the mapping reads them."""
    if keys is None or source not in mapping.sources:
        return {}
    form, window = mapping.forms.get(source, ISO), values.window
    end = window.last if source in mapping.end_included else window.end
    fields = {
        keys.customer: values.customer,
        keys.start: write_day(window.start, form, mapping.zone),
        keys.end: write_day(end, form, mapping.zone),
        keys.days: str(window.days),
    }
    return {name: text for name, text in fields.items() if name}


def _filled(
    texts: Mapping[str, str], mapping: IdentityMapping, source: Source, values: PlaceholderValues
) -> dict[str, str]:
    of_source = replace(values, form=mapping.forms.get(source, ISO))
    return {name: of_source.fill(text) for name, text in texts.items()}


def _fairness_key(text: str) -> str:
    """The fairness key. A text that is too long for Temporal becomes its beginning and a digest of the whole."""
    data = text.encode()
    if len(data) <= LONGEST_FAIRNESS_KEY:
        return text
    digest = hashlib.sha256(data).hexdigest()[:16]
    return f"{data[: LONGEST_FAIRNESS_KEY - 17].decode('utf-8', 'ignore')}-{digest}"
