"""The file of variables is read as people write it, and what cannot be read is told by its line."""

import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import EnvFile, load, read_env_file
from bot.errors import ConfigError
from tests.config.test_load import GOOD

NAME = "SLACK_BOT_TOKEN"


def written(folder: Path, text: str | bytes) -> EnvFile:
    path = folder / ".env"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_env_file(path, is_needed=False)


@pytest.mark.parametrize(
    "text",
    [
        "A=xoxb-1",
        "A=xoxb-1\n",
        "A = xoxb-1 ",
        "export A=xoxb-1",
        "  export   A = 'xoxb-1'  # the token",
        'A="xoxb-1"',
        "A='xoxb-1'\r\nB=2\r\n",
        "\ufeffA=xoxb-1",
        "# comment\n\n\nA=xoxb-1 # comment",
        "A=old\nA=xoxb-1",
        "B=\rA=xoxb-1\r",
    ],
)
def test_a_variable_is_read_however_people_and_editors_write_it(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)

    assert (file.values["A"], file.mistakes) == ("xoxb-1", ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=pa$$word${HOME}", "pa$$word${HOME}"),
        ("A=a#b", "a#b"),
        ("A='a # b'", "a # b"),
        ("A=", ""),
        ("A= # none", ""),
        ("A=a=b==", "a=b=="),
        ('A="two\nlines"', "two\nlines"),
        ("A=a b", "a b"),
        ("A=\\d", "\\d"),
        ("A=é€", "é€"),
    ],
)
def test_a_value_is_taken_as_it_stands(tmp_path: Path, text: str, value: str) -> None:
    assert written(tmp_path, text).values == {"A": value}


@given(st.text(max_size=60))
def test_whatever_stands_in_it_the_environment_takes_what_is_read(text: str) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as kept:
        for name, value in written(Path(folder), text.encode(errors="ignore")).values.items():
            kept.setenv(name, value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A=1\nSLACK_BOT_TOKEN: xoxb-secret\nB=2\n", 2),
        ("\n\n# comment\n\nxoxb-secret\n", 5),
        ("A=1\r\n\r\nB='xoxb-secret\r\n", 3),
        ("SLACK BOT TOKEN=xoxb-secret", 1),
        ('A="xoxb-secret" and more', 1),
        ("=xoxb-secret", 1),
        ("A=xoxb-secret\0", 1),
        ("'A=B'=xoxb-secret", 1),
        ("''=xoxb-secret", 1),
        ("'A\nB'=xoxb-secret", 1),
        ("A=1\n\ufeffSLACK_BOT_TOKEN=xoxb-secret", 2),
        ("\u200bSLACK_BOT_TOKEN=xoxb-secret", 1),
    ],
)
def test_a_line_that_is_no_variable_is_told_by_its_number_and_not_repeated(
    tmp_path: Path, text: str, line: int
) -> None:
    (mistake,) = written(tmp_path, text).mistakes

    assert mistake.startswith(f"{tmp_path / '.env'}:{line}: not a variable; expected NAME=value")
    assert "secret" not in mistake


def test_every_broken_line_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    file = written(tmp_path, "A=1\noops\nB=2\n:::\n")

    assert [mistake.split(":")[1] for mistake in file.mistakes] == ["2", "4"]
    assert file.values == {"A": "1", "B": "2"}


@pytest.mark.parametrize("data", ["A=é".encode("latin-1"), "A=1".encode("utf-16")])
def test_another_encoding_is_told(tmp_path: Path, data: bytes) -> None:
    (mistake,) = written(tmp_path, data).mistakes

    assert mistake == f"{tmp_path / '.env'}: not UTF-8; save it as UTF-8, as .env.example is"


def test_without_a_file_everything_is_in_the_environment_unless_somebody_named_it(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.env"

    assert read_env_file(nowhere, is_needed=False) == EnvFile(nowhere)
    assert read_env_file(nowhere, is_needed=True).mistakes == (
        f"{nowhere}: no such file; expected lines as in .env.example",
    )


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (mistake,) = read_env_file(tmp_path, is_needed=False).mistakes

    assert mistake.startswith(f"{tmp_path}: cannot be read (Is a directory)")


def test_a_pipe_is_read_to_its_end_as_some_give_secrets(tmp_path: Path) -> None:
    pipe = tmp_path / ".env"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"A=1\n" + b"#" * 100_000 + b"\nB=2\n",))
    writer.start()
    file = read_env_file(pipe, is_needed=False)
    writer.join()

    assert (file.values, file.mistakes) == ({"A": "1", "B": "2"}, ())


def test_a_pipe_that_nobody_writes_into_is_told_instead_of_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    (mistake,) = read_env_file(tmp_path / ".env", is_needed=False, patience=0.0).mistakes

    assert mistake.startswith(f"{tmp_path / '.env'}: cannot be read (its end did not come within 0 s)")


def test_what_has_no_end_is_told() -> None:
    (mistake,) = read_env_file(Path("/dev/zero"), is_needed=False).mistakes

    assert mistake.startswith("/dev/zero: cannot be read (larger than 256 KB)")


def test_what_the_environment_sets_wins_and_what_it_leaves_empty_is_filled_in(tmp_path: Path) -> None:
    environ = {"A": "real", "B": "", "d": "real"}
    written(tmp_path, "A=file\nB=file\nC=file\nD=file\n").fill_in(environ)

    assert environ == {"A": "real", "B": "file", "C": "file", "d": "real"}


def mistakes_in(folder: Path, text: str, **environ: str) -> list[str]:
    (folder / "backfill.toml").write_text(GOOD)
    file = written(folder, text)
    variables = {"BACKFILL_CONFIG": str(folder / "backfill.toml"), **environ}
    file.fill_in(variables)
    with pytest.raises(ConfigError) as caught:
        load(variables, env_file=file)
    return list(caught.value.mistakes)


def test_a_missing_variable_says_where_to_put_it(tmp_path: Path) -> None:
    (mistake,) = mistakes_in(tmp_path, "SLACK_BOT_TOKEN=xoxb-1\n")

    assert mistake.startswith("environment: SLACK_APP_TOKEN: missing; Socket Mode expects an app-level token")
    assert mistake.endswith(f": write it into {tmp_path / '.env'}, or set it in the environment")


def test_without_the_file_a_missing_variable_says_how_to_make_it(tmp_path: Path) -> None:
    file = read_env_file(tmp_path / ".env", is_needed=False)
    with pytest.raises(ConfigError) as caught:
        load({"BACKFILL_CONFIG": "x"}, env_file=file)

    assert f"copy .env.example to {tmp_path / '.env'}" in caught.value.mistakes[0]


def test_a_wrong_value_is_told_where_it_stands(tmp_path: Path) -> None:
    text = "SLACK_APP_TOKEN=xapp-1\n\nSLACK_BOT_TOKEN=xapp-2\nLOG_LEVEL=loud\n"

    of_file, of_both = mistakes_in(tmp_path, text), mistakes_in(tmp_path, text, LOG_LEVEL="louder")

    assert of_file[0].startswith(f"{tmp_path / '.env'}:3: SLACK_BOT_TOKEN: another kind of token")
    assert of_file[1].startswith(f"{tmp_path / '.env'}:4: LOG_LEVEL: ")
    assert of_both[1].startswith("environment: LOG_LEVEL: ")


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_whatever_stands_in_it_is_variables_or_mistakes(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = written(tmp_path_factory.getbasetemp(), text)
    environ: dict[str, str] = {}
    file.fill_in(environ)

    assert set(file.values) == set(file.lines) == set(environ)
    assert all(1 <= line <= text.count("\n") + text.count("\r") + 1 for line in file.lines.values())
    assert all(name and "=" not in name and "\0" not in name + value for name, value in environ.items())


@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\0"), max_size=50))
def test_what_is_quoted_comes_back(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")

    assert written(tmp_path_factory.getbasetemp(), f"A='{quoted}'\nB=2\n").values == {"A": value, "B": "2"}
