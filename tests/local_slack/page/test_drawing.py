"""How texts and blocks become HTML: as Slack draws them, and never more than was meant."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_slack import SlackSeed
from local_slack.page.markdown import markdown
from local_slack.page.mrkdwn import Names, mrkdwn, plain
from local_slack.page.rich_text import rich_text
from local_slack.workspace.directory import Directory
from tests.local_slack.harness import Json

NAMES = Names(Directory.of(SlackSeed()), lambda: datetime(2026, 1, 2, 12, tzinfo=UTC))
LINK = 'target="_blank" rel="noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~gone~ `code`", "<b>bold</b> <i>it</i> <s>gone</s> <code>code</code>"),
        ("*bold _both_*", "<b>bold <i>both</i></b>"),
        ("a*b*c 2 * 3 * 4 snake_case_name", "a*b*c 2 * 3 * 4 snake_case_name"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("a\nb", "a<br>b"),
        ("x\n```\na  b\n*c*\n```\ny", "x<pre>a  b\n*c*</pre>y"),
        ("> one\n&gt; two\nafter", "<blockquote>one<br>two</blockquote>after"),
        ("<https://a.example/?a=1&amp;b=2|run>", f'<a href="https://a.example/?a=1&amp;b=2" {LINK}>run</a>'),
        ("<https://a.example>", f'<a href="https://a.example" {LINK}>https://a.example</a>'),
        ("<javascript:alert(1)|click>", "click"),
        ('<https://a.example/"onclick="x|y>', f'<a href="https://a.example/&#34;onclick=&#34;x" {LINK}>y</a>'),
        ("<@U00OLIVIA0> <@U404|x>", '<span class="mention">@olivia</span> <span class="mention">@x</span>'),
        ("<#C0BACKFILL>", '<span class="mention">#backfills</span>'),
        ("<!subteam^S0DATAONCL>", '<span class="mention">@data-oncall</span>'),
        ("<!here>", '<span class="mention">@here</span>'),
        ("&lt;!channel&gt; &amp;amp;", "&lt;!channel&gt; &amp;amp;"),
        ("<!date^1767225600^{date_num} {time}|then>", "2026-01-01 00:00 UTC"),
        ("<!date^never^{date_num}|then>", "then"),
        ("<!date^1767225600^{date_short_pretty} {time}|then>", "Yesterday 00:00 UTC"),
        ("<!date^1767312000^{date_pretty} {time}|then>", "Today 00:00 UTC"),
        ("<!date^1767484799^{date_long_pretty}|then>", "Tomorrow"),
        ("<!date^1767484800^{date_short_pretty}|then>", "Jan 04, 2026"),
        (":unknown_thing: 10:30:00", ":unknown_thing: 10:30:00"),
    ],
)
def test_mrkdwn_is_drawn(text: str, html: str) -> None:
    assert str(mrkdwn(text, NAMES)) == html


def test_emoji_are_symbols_with_their_name_said() -> None:
    drawn = str(plain("done :white_check_mark: *x*"))

    assert drawn == (
        'done <span class="emoji good" role="img" aria-label="white check mark"'
        ' title=":white_check_mark:">✔</span> *x*'
    )


def test_markdown_is_drawn() -> None:
    drawn = str(markdown("## Done\n**hilton** is `green`\n- see [run](https://a.example)\n```\n<b>\n```"))

    assert drawn == (
        '<p class="heading">Done</p><p><b>hilton</b> is <code>green</code></p>'
        f'<p class="item">• see <a href="https://a.example" {LINK}>run</a></p><pre>&lt;b&gt;\n</pre>'
    )


def test_rich_text_is_drawn() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "<a>\nb", "style": {"bold": True}},
            {"type": "user", "user_id": "U00OLIVIA0"},
        ],
    }
    block: Json = {
        "type": "rich_text",
        "elements": [
            section,
            {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [section]},
        ],
    }
    inside = '<b>&lt;a&gt;<br>b</b><span class="mention">@olivia</span>'

    assert str(rich_text(block, NAMES)) == f'<p>{inside}</p><ol class="indent-1"><li>{inside}</li></ol>'


class Inventory(HTMLParser):
    """Which tags, attributes and text a piece of HTML has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags = set[str]()
        self.attributes = set[tuple[str, str]]()
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


PIECES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        '"',
        "'",
        "*",
        "_",
        "~",
        "`",
        "```",
        "|",
        "@",
        "#",
        "!",
        "^",
        ":",
        "\n",
        " ",
        "(",
        ")",
        "[",
        "]",
        "a",
        "/",
        "<script>",
        "</pre>",
        "&lt;",
        "&gt;",
        "&amp;",
        "http://a",
        "javascript:",
        "<!date^0^",
        "{time}",
        "=",
        "onclick",
        "<img src=x onerror=y>",
        "![x](http://a)",
        "> ",
        "# ",
        "- ",
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=80))
TAGS = {"a", "b", "i", "s", "code", "pre", "br", "blockquote", "span", "p"}
ATTRIBUTES = {"href", "target", "rel", "class", "role", "aria-label", "title"}


@given(TEXTS)
def test_no_text_brings_html_of_its_own(text: str) -> None:
    for drawn in (mrkdwn(text, NAMES), plain(text), markdown(text)):
        found = Inventory()
        found.feed(str(drawn))

        assert found.tags <= TAGS
        assert {name for name, _ in found.attributes} <= ATTRIBUTES
        assert all(v.startswith(("http://", "https://", "mailto:")) for n, v in found.attributes if n == "href")


@given(st.text(alphabet="ab <>&\"'", max_size=60))
def test_text_without_markup_is_shown_as_it_is(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = Inventory()
    found.feed(str(plain(escaped)))
    found.close()

    assert found.text == text
