"""Pictures in messages: their alternative texts, which have the figures, and the blocks that show them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.blocks import kit, words
from bot.fleet.alerts.attempts_chart import attempts_chart
from bot.fleet.sequence.calendar import sequence_calendar
from bot.fleet.verification.counts_chart import counts_chart
from bot.fleet.verification.verdict import CustomerVerdict
from bot.message import HomeTab, Message, Picture
from bot.model import (
    AttemptBar,
    AttemptsChart,
    Calendar,
    DayState,
    Episode,
    ProgressChart,
    SequenceProgress,
    TableRows,
)

# In days. The calendar of a longer range is too tall for a phone.
LONGEST_CALENDAR = 800


def attempts(alert: Episode) -> Picture | None:
    """How far each attempt of an alert's run got; None if the alert is not about attempts, or if no attempt has
    reported how far it got."""
    chart = attempts_chart(alert)
    if chart is None:
        return None
    name = f"{words.name(chart.customer)} on {chart.cluster}"
    bars = words.joined([_attempt(bar, chart) for bar in chart.bars])
    drawn = replace(chart, customer=words.name(chart.customer))
    total = words.plural(chart.total, "row")
    return Picture(drawn, "attempts", f"How far each attempt of {name} got, of {total}: {bars}.")


def _attempt(bar: AttemptBar, chart: AttemptsChart) -> str:
    if bar.day is None or bar.rows is None:
        return f"attempt {bar.attempt} was not seen"
    share = words.percent(bar.rows, chart.total)
    return f"attempt {bar.attempt} reached {bar.day:%b} {bar.day.day} ({share}, {words.plural(bar.rows, 'row')})"


def calendar(chart: Calendar) -> Picture:
    """The days of a customer by state."""
    counts = [(state, chart.count(state)) for state in DayState]
    figures = words.joined([f"{number:,} {state.value}" for state, number in counts if number])
    name = f"{words.name(chart.customer)} on {chart.cluster}"
    drawn = replace(chart, customer=words.name(chart.customer))
    return Picture(drawn, "calendar", f"Calendar of {name}, {words.days(len(chart.days))}: {figures}.")


def sequence(progress: SequenceProgress) -> Picture | None:
    """The days of an open sequence by state; None if they are not known, or too many to be legible."""
    chart = sequence_calendar(progress)
    return calendar(chart) if chart and len(chart.days) <= LONGEST_CALENDAR else None


def progress(chart: ProgressChart | None) -> Picture | None:
    """How many days of all customers were complete over time. As long as no day is complete, ``chart`` is None, and
    there is no picture."""
    if chart is None:
        return None
    began = words.plain_when(chart.points[0].at)
    ahead = ""
    if chart.earliest and chart.latest:
        span = f"between {words.plain_when(chart.earliest)} and {words.plain_when(chart.latest)}"
        ahead = f" The work under way brings it to {words.percent(chart.goal, chart.total)} {span}."
    done = f"{words.percent(chart.done, chart.total)} of {words.days(chart.total)}"
    alt_text = (
        f"Progress on {words.long_range(chart.whole, chart.at)} for {words.plural(chart.customers, 'customer')}: "
        f"{done} complete at {words.plain_when(chart.at)}, since {began}.{ahead}"
    )
    return Picture(chart, "progress", alt_text)


def counts(customer: CustomerVerdict) -> Picture | None:
    """Expected and actual rows by day; None if all is as expected, if nothing is compared, or if there are too many
    days."""
    chart = counts_chart(customer)
    if chart is None:
        return None
    name = f"{words.name(chart.customer)} on {chart.cluster}"
    tables = "; ".join(map(_table, chart.tables))
    drawn = replace(chart, customer=words.name(chart.customer))
    return Picture(drawn, "counts", f"Rows of {name} by day, expected and actual: {tables}.")


def _table(table: TableRows) -> str:
    days = table.days
    numbers = {
        "with missing rows": sum(day.actual < day.expected and not day.is_open for day in days),
        "with rows still to come": sum(day.actual < day.expected and day.is_open for day in days),
        "with surplus rows": sum(day.actual > day.expected for day in days),
        "with other contents": sum(day.has_other_contents for day in days),
        "with duplicates": sum(bool(day.duplicates) for day in days),
    }
    found = words.joined([f"{words.days(number)} {what}" for what, number in numbers.items() if number])
    total = f"{table.actual:,} of {words.plural(table.expected, 'row')}"
    return f"{words.name(table.table)} has {total}, {found} of {words.days(len(days))}"


def image(picture: Picture, file_id: str) -> Mapping[str, Any]:
    """The block that shows an uploaded picture."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": kit.clip(picture.alt_text, kit.MAX_ALT_TEXT)}


def with_image(message: Message, picture: Picture, file_id: str) -> Message:
    """The message with this picture below everything else, so that no button moves when the picture arrives. A
    message without room for it stays as it is."""
    if len(message.blocks) >= kit.MAX_BLOCKS:
        return message
    return replace(message, blocks=(*message.blocks, image(picture, file_id)))


def on_home(tab: HomeTab, picture: Picture, file_id: str) -> HomeTab:
    """The tab with this picture below everything else. A tab without room for it stays as it is."""
    return HomeTab((*tab.blocks, image(picture, file_id))) if len(tab.blocks) < kit.MAX_HOME_BLOCKS else tab
