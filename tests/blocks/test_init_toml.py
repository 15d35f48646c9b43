"""The file that init writes loads, is refused for nothing, and recognises the runs that it was made from."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.blocks.init_toml import toml
from bot.config import Config
from bot.fleet.diagnostics.field_values import SampleRun
from bot.fleet.diagnostics.mapping_reading import run_with_input
from bot.fleet.onboarding.definitions import TypeSurvey, survey_types
from bot.fleet.onboarding.draft import ClusterDraft, Draft, WarehouseDraft, draft_definitions, propose_campaign
from bot.fleet.onboarding.tables import Candidate, candidate, source_of
from bot.fleet.runs.identity import Identity
from bot.model import Window
from bot.model.catalog import ListedTable
from bot.usecases.definitions import identity_mapping
from bot.usecases.mapping_mistakes import mapping_mistakes
from tests.fleet.diagnostics.shapes import Shape, identities, shapes


def drafted(surveys: Sequence[TypeSurvey], tables: Sequence[Candidate] = ()) -> Draft:
    read = [identity for survey in surveys for identity in survey.identities()]
    pairs = tuple((table, source_of(table, tables)) for table in tables if not table.is_source)
    return Draft(
        timezone="UTC",
        clusters=(ClusterDraft("prod", "prod", address="127.0.0.1:7233"),),
        channel="C07BACKFILL",
        operators=("U07OLIVIA",),
        campaign=propose_campaign(read),
        definitions=draft_definitions(surveys),
        warehouse=WarehouseDraft("http://127.0.0.1:8123", "default", pairs),
    )


def loaded(draft: Draft) -> Config:
    return Config.model_validate(tomllib.loads(toml(draft.completed())), context={})


@settings(max_examples=300)
@given(shapes(), identities(), st.booleans())
def test_whatever_is_certain_is_written_so_that_every_run_is_recognised(
    shape: Shape, identities: list[Identity], is_registered: bool
) -> None:
    runs = [shape.run(number, identity) for number, identity in enumerate(identities)]
    registered = set(shape.names) if is_registered else set()
    (survey,) = survey_types(runs, {identity.customer for identity in identities}, registered, UTC)
    if survey.choice is None or survey.choice.doubts:
        return

    config = loaded(drafted([survey]))

    assert [*mapping_mistakes(config)] == []
    assert [recognised(config, run) for run in runs] == identities


def recognised(config: Config, run: SampleRun) -> Identity | None:
    mapping = identity_mapping(config.definitions[0], config, "prod")
    found = mapping.recognise(run_with_input(mapping, run))
    return found.identity if found else None


def test_names_of_tables_and_columns_are_quoted_where_they_have_to_be() -> None:
    odd = ListedTable("my-db", 'or"""ders`', "MergeTree", {"tenant": "String", "a `day`\\": "Date"})
    source = ListedTable("raw", 'or"""ders`', "MergeTree", {"tenant": "String", "a `day`\\": "DateTime"})
    tables = [first for table in (odd, source) if (first := candidate(table))]

    (table,) = tomllib.loads(toml(drafted([], tables)))["verify"]["tables"]

    assert table["table"] == '`my-db`.`or"""ders\\``'
    assert "`a \\`day\\`\\\\`" in table["expected"]


def test_what_is_not_known_is_a_comment_and_named_as_missing() -> None:
    draft = Draft("UTC", (ClusterDraft("prod", "prod", address="127.0.0.1:7233"),), "C07BACKFILL", ("U07OLIVIA",))

    assert list(tomllib.loads(toml(draft))) == ["slack", "clusters"]
    assert draft.missing == ("[campaign]", "[workflow]", "[[verify.tables]]", "[volume]", "clickhouse")


def test_several_definitions_are_a_list_of_which_the_first_fills_the_campaign() -> None:
    surveys = [replace(survey_of(), workflow_type=name) for name in ("Fill", "Repair")]
    surveys[1] = replace(surveys[1], runs=tuple(_on_queue(run, "other") for run in surveys[1].runs))

    config = loaded(drafted(surveys))

    assert [(each.name, each.task_queue) for each in config.definitions] == [
        ("Fill", "backfill"),
        ("Repair", "other"),
    ]


def test_types_that_are_read_alike_share_a_definition() -> None:
    config = loaded(drafted([replace(survey_of(), workflow_type=name) for name in ("Fill", "FillV2")]))

    assert [each.types for each in config.definitions] == [("Fill", "FillV2")]


def survey_of() -> TypeSurvey:
    shape = Shape("input", ("tenant", "from", "days"), has_count=True)
    days = [Window(date(2026, 1, n), date(2026, 1, n + 5)) for n in (1, 6, 11)]
    (survey,) = survey_types([shape.run(n, Identity("acme", window)) for n, window in enumerate(days)], (), None, UTC)
    return survey


def _on_queue(run: SampleRun, task_queue: str) -> SampleRun:
    return replace(run, execution=replace(run.execution, task_queue=task_queue))


def test_a_codec_server_is_written_with_the_variable_of_its_header_if_it_has_one() -> None:
    def codec(endpoint: str = "", variable: str = "") -> object:
        clusters = (ClusterDraft("prod", "prod", "127.0.0.1:7233", codec=endpoint, codec_auth=variable),)
        return tomllib.loads(toml(replace(drafted([]), clusters=clusters)))["clusters"]["prod"].get("codec")

    endpoint = "https://codec.example.com/{namespace}"
    assert codec() is None
    assert codec(endpoint) == {"endpoint": endpoint}
    assert codec(endpoint, "CODEC_AUTH") == {"endpoint": endpoint, "auth_env": "CODEC_AUTH"}
