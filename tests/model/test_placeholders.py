"""The grammar of placeholders: which are known, and in which form they write a day."""

import re
from datetime import date

import pytest

from bot.model.placeholders import (
    Placeholder,
    check_date_form,
    check_placeholders,
    date_pattern,
    split_template,
)


def test_a_template_is_split_into_texts_and_placeholders() -> None:
    parts = list(split_template("bf:{customer}:{start:%Y%m%d}{*} {}"))

    assert parts == ["bf:", Placeholder("customer"), ":", Placeholder("start", "%Y%m%d"), Placeholder("*"), " {}"]
    assert "".join(map(str, parts)) == "bf:{customer}:{start:%Y%m%d}{*} {}"


@pytest.mark.parametrize("text", ["{n}", "{uuid}", "{customer:%Y}", "{start:%Y}", "{start:%Y%m%d%Q}", "{start:}"])
def test_an_unknown_placeholder_or_form_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|form|one of"):
        list(split_template(text))


def test_braces_of_json_are_no_placeholders() -> None:
    text = '{"who": "{customer}", "days": {"from": "{start:epoch}"}, "none": { }}'

    assert list(check_placeholders(text)) == [Placeholder("customer"), Placeholder("start", "epoch")]


@pytest.mark.parametrize("text", ["{}", "{custommer}", "{Start:%Y-%m-%d}", "{begin:epoch}"])
def test_what_looks_meant_as_a_placeholder_in_an_input_has_to_be_one(text: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(text)} is unknown"):
        list(check_placeholders(f'{{"a": "{text}"}}'))


@pytest.mark.parametrize("form", ["iso", "epoch", "epoch_ms", "%Y-%m-%d", "%y%j", "%d-%b-%Y", "%Y%m%dT%H%M%S"])
def test_a_form_that_writes_whole_days_is_taken_and_its_pattern_matches_them(form: str) -> None:
    assert check_date_form(form) == form
    if "%" in form:
        assert re.fullmatch(date_pattern(form), date(2026, 1, 2).strftime(form))


@pytest.mark.parametrize("form", ["", "%Y", "%Y-%m", "%d/%m", "day", "%Q", "%Y-%m-%d %p", "%", "ISO"])
def test_a_form_that_loses_the_day_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match=r"form|one of"):
        check_date_form(form)
