"""The fields that most runs have in their attributes and in their arguments, and which of them hold days. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from bot.fleet.diagnostics.field_roles import is_named_as_start, is_other_date
from bot.fleet.diagnostics.field_values import SampleRun, day_form
from bot.fleet.diagnostics.lists import without_elements
from bot.fleet.diagnostics.mapping_reading import common_values
from bot.fleet.runs.identity import Source


@dataclass(frozen=True, slots=True)
class CommonFields:
    """The fields of one source. ``by_name`` has the values of all fields, ``forms`` the date form of each field that
    holds days, and ``texts`` the values of the other fields."""

    by_name: Mapping[str, list[str]]
    forms: Mapping[str, str]
    texts: Mapping[str, list[str]]

    @property
    def days_by_form(self) -> Mapping[str, dict[str, list[str]]]:
        """The fields that hold days, by the form of their dates.

        If all these fields have the same form, and no name says that its field holds another date
        (``is_other_date``), no field is left out. Otherwise, fields are left out in two steps. The first step leaves
        out the fields with names of other dates. The second step leaves out each form of which no remaining field has
        the name of a first day (``is_named_as_start``).
        """
        found: dict[str, dict[str, list[str]]] = {}
        for name, form in self.forms.items():
            found.setdefault(form, {})[name] = self.by_name[name]
        if len(found) == 1 and not any(map(is_other_date, self.forms)):
            return found
        dated = {form: {name: days[name] for name in days if not is_other_date(name)} for form, days in found.items()}
        return {form: days for form, days in dated.items() if any(map(is_named_as_start, days))}


def common_fields(runs: Sequence[SampleRun], zone: tzinfo) -> Mapping[Source, CommonFields]:
    """The fields that most of these runs have."""
    found: dict[Source, CommonFields] = {}
    for source, values in (
        (Source.ATTRIBUTES, [run.hints for run in runs]),
        (Source.INPUT, [without_elements(run.inputs, zone) for run in runs]),
    ):
        by_name = common_values(values)
        forms = {name: form for name, texts in by_name.items() if (form := day_form(texts, zone))}
        texts = {name: texts for name, texts in by_name.items() if name not in forms}
        found[source] = CommonFields(by_name, forms, texts)
    return found
