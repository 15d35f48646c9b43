"""The command line of the local Slack."""

from pathlib import Path

import pytest

from local_slack.options import Options, read_options


def test_without_options_it_listens_on_the_default_port_and_delivers_by_socket_mode() -> None:
    assert read_options([]) == Options(port=8484, workspace=None, command=None, request_url=None)


def test_every_option_is_read() -> None:
    url = "https://127.0.0.1:3000/slack/events"
    arguments = ["--port", "0", "--workspace", "team.toml", "--command", "/deploy-it", "--request-url", url]

    assert read_options(arguments) == Options(0, Path("team.toml"), "/deploy-it", url)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--port", "70000"], "'70000' is not a port, 0 to 65535"),
        (["--port", "-1"], "is not a port"),
        (["--port", "٣"], "is not a port"),
        (["--port", ""], "'' is not a port"),
        (["--command", "hello"], "'hello' is not a command such as /hello"),
        (["--command", "/"], "'/' is not a command"),
        (["--command", "/Hello"], "'/Hello' is not a command"),
        (["--command", "/say hello"], "'/say hello' is not a command"),
        (["--command", "/a/b"], "'/a/b' is not a command"),
        (["--command", "/" + "x" * 32], "is not a command"),
        (["--request-url", "127.0.0.1:3000"], "is not a URL such as http://127.0.0.1:3000/slack/events"),
        (["--request-url", "ftp://127.0.0.1/"], "is not a URL"),
        (["--request-url", "http://"], "is not a URL"),
        (["--request-url", "http://127.0.0.1:99999/"], "is not a URL"),
        (["--request-url", "http://[::1/"], "is not a URL"),
        (["more"], "unrecognized arguments: more"),
    ],
)
def test_an_option_that_makes_no_sense_is_a_usage_error(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_options(arguments)

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err
