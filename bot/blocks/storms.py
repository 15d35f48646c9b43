"""Draws the message of a group of alerts, which have the same cluster and reason and opened within a short time."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from slack_sdk.models.blocks import Block, ButtonElement, InteractiveElement

from bot.actions import ActionId, EpisodeValue
from bot.blocks import alert_facts, buttons, heartbeats, kit, words
from bot.blocks.alert_reasons import WORDS
from bot.blocks.alerts import how_ended
from bot.blocks.lines import Line
from bot.blocks.mentions import for_whom
from bot.fleet.name_lookup import Target
from bot.fleet.notifications import notification
from bot.fleet.notifications.notification import GroupMember
from bot.fleet.runs.heartbeat import Reached
from bot.message import Message
from bot.model import AlertReason, duration_text

AT_ONCE = timedelta(minutes=1)
# In characters: the names of the members in one state.
NAMES_PLAIN = 1_200
NAMES_DRAWN = 2_400
_STILL_OPEN, _QUEUED, _TAKEN_OVER = "still open", "waiting in the queue", "now running as windows"
# Up to this many open members have a line and a button each.
MOST_LINES = 10
_IN_THREAD = "Cards are in the thread."


def storm(card: notification.StormCard) -> Message:
    """The number of alerts, what to do, and the members by state. One line when all of the alerts have ended."""
    count = len(card.names)
    if card.over == count:
        return _ended(card)
    headline = f"{_what(card)} {_when(card)}.{_how_many_left(card)}"
    single = _with_buttons(card)
    lines = [*_polled(card), *_suggestion(card)]
    others = _members(card, single)
    notes = [*filter(None, [for_whom(card.mention)]), *_acknowledged(card)]
    blocks: list[Block] = [
        kit.section(f"{WORDS[card.alert_reason].mark} *{kit.escape(headline)}*"),
        *kit.sections([line.mrkdwn for line in lines]),
        *(block for member in single for block in _single(member, card)),
        *kit.sections([line.mrkdwn for line in others]),
        *([kit.context("\n".join(note.mrkdwn for note in notes))] if notes else []),
        *_rows(card),
    ]
    if single:
        buttons.number(blocks)
    shown = (*lines, *(_about(member, card) for member in single), *others, *notes)
    return kit.message(" ".join([headline, *(line.plain for line in shown)]), blocks)


def _how_many_left(card: notification.StormCard) -> str:
    """`` 1 of them still needs a person.``; for a card that lists no members, how many alerts have ended."""
    if not card.members:
        return f" {card.over} of them {'has' if card.over == 1 else 'have'} ended." if card.over else ""
    left = sum(_state(member, card) == _STILL_OPEN for member in card.members)
    if left == len(card.members):
        return ""
    return f" {left} of them still {'needs' if left == 1 else 'need'} a person." if left else " None needs a person."


def _what(card: notification.StormCard) -> str:
    """How many backfills have which trouble, and where. If they wait for a worker, their task queue is named, and
    runs are counted instead of backfills, because several runs may be of the same customer."""
    count = len(card.names)
    if card.alert_reason is AlertReason.NO_WORKER:
        return f"{count} runs on {card.cluster} began to wait for a worker on {words.name(card.facts.task_queue)}"
    return f"{count} backfills on {card.cluster} {WORDS[card.alert_reason].began}"


def _polled(card: notification.StormCard) -> list[Line]:
    return [alert_facts.polled(card.facts)] if card.alert_reason is AlertReason.NO_WORKER else []


def _suggestion(card: notification.StormCard) -> list[Line]:
    """The line that says what to do first: for a large group or a missing worker, what the reason suggests for many
    alerts at once, mostly to look for the shared cause; otherwise, what it suggests for a few, or else its usual
    advice for each. Empty if some members wait in the queue and no other member needs a person."""
    if any(member.is_queued for member in card.members) and _STILL_OPEN not in _states(card):
        return []
    if card.is_large or card.alert_reason is AlertReason.NO_WORKER:
        text = f"{WORDS[card.alert_reason].many} {_IN_THREAD}"
        return [Line(f"Suggested: {text}", f"*Suggested:* {kit.escape(text)}")]
    few = WORDS[card.alert_reason].few
    lead, text = ("Suggested", few) if few else ("Suggested for each", WORDS[card.alert_reason].advice_with())
    return [Line(f"{lead}: {text}", f"*{lead}:* {kit.escape(text)}")]


def _with_buttons(card: notification.StormCard) -> list[GroupMember]:
    """The members that still need a person; empty if the group is too large for a line and a button each, or if no
    button helps."""
    left = [member for member in card.members if member.customer and _state(member, card) == _STILL_OPEN]
    can_act = WORDS[card.alert_reason].actions and not card.is_large
    return left if can_act and len(left) <= MOST_LINES else []


def _single(member: GroupMember, card: notification.StormCard) -> list[Block]:
    """The line of one member, and the suggested act below it. What ends a run is never suggested."""
    acts = [act for act in WORDS[card.alert_reason].actions[:1] if not buttons.ends_run(act)]
    button = buttons.for_target(Target(card.cluster, member.customer), *acts, campaign=member.campaign)
    return [kit.section(_about(member, card).mrkdwn), *buttons.row(button)]


def _about(member: GroupMember, card: notification.StormCard) -> Line:
    """``marriott: on attempt 5; attempt 4 reached Jan 3 (3%).``"""
    furthest = Reached.of(member.reached)
    in_words = heartbeats.briefly(furthest) if furthest else heartbeats.reached(member.reached)
    reached = f"attempt {member.attempt - 1} reached {in_words}" if member.reached else ""
    running = f"on attempt {member.attempt}" if member.attempt and WORDS[card.alert_reason].of_attempt else ""
    text = "; ".join(filter(None, [running, reached])) or _STILL_OPEN
    return Line(f"{member.name}: {text}.", f"*{_linked(member.name, member.link)}*: {kit.escape(text)}.")


def _members(card: notification.StormCard, single: Sequence[GroupMember]) -> list[Line]:
    """A line for each state, with its members that have no line of their own. The members that need a person come
    first."""
    if not card.members:
        return [_named("", [GroupMember(name) for name in card.names])]
    grouped: dict[str, list[GroupMember]] = {_STILL_OPEN: [], _QUEUED: [], _TAKEN_OVER: []}
    for member in card.members:
        if member not in single:
            grouped.setdefault(_state(member, card), []).append(member)
    return [_named(state, members) for state, members in grouped.items() if members]


def _states(card: notification.StormCard) -> set[str]:
    return {_state(member, card) for member in card.members}


def _state(member: GroupMember, card: notification.StormCard) -> str:
    if member.ending:
        return how_ended(member.ending, card.alert_reason, with_campaign=member.ended_with_campaign)
    if member.is_taken_over:
        return _TAKEN_OVER
    return _QUEUED if member.is_queued else _STILL_OPEN


def _named(state: str, members: Sequence[GroupMember]) -> Line:
    """``Still open (2): marriott, spirit``. A name is a link to its run in Temporal; a customer with several runs has
    their number after its name."""
    runs = Counter(member.name for member in members)
    links = {member.name: member.link for member in members}
    drawn = [_counted(_linked(name, links[name]), number) for name, number in runs.items()]
    plain = kit.clip(", ".join(_counted(name, number) for name, number in runs.items()), NAMES_PLAIN)
    # With a link each, the names of a large group do not fit. Its thread has the links.
    shown = ", ".join(drawn) if sum(map(len, drawn)) <= NAMES_DRAWN else kit.escape(plain)
    lead = f"{state[:1].upper()}{state[1:]} ({len(members)}):" if state else ""
    return Line(f"{lead} {plain}.".lstrip(), f"*{lead}* {shown}." if lead else shown)


def _counted(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


def _linked(name: str, url: str) -> str:
    return kit.link(url, kit.escape(name)) if url else kit.escape(name)


def _acknowledged(card: notification.StormCard) -> list[Line]:
    """A line for each person who has acknowledged open alerts, with the names of these alerts. A person who has
    acknowledged all open alerts has a line without names."""
    open_members = [member for member in card.members if member.ending is None]
    by = dict.fromkeys(member.acked_by for member in open_members if member.acked_by)
    lines = []
    for user in by:
        names = [member.name for member in open_members if member.acked_by == user]
        of = "" if len(names) == len(open_members) else f": {kit.clip(words.joined(names), NAMES_PLAIN)}"
        lines.append(Line.of("Acknowledged by").then(Line.who(user)).then(f"{of}.", separator=""))
    return lines


def _rows(card: notification.StormCard) -> list[Block]:
    """The buttons below the group. If the advice is to look at the workers first, the link to them is the primary
    button."""
    workers = _workers(card)
    for button in workers:
        button.style = "primary"
    return buttons.row([*workers, *_buttons(card)])


def _workers(card: notification.StormCard) -> list[ButtonElement]:
    """The button with the link to the workers of the task queue, for a large group or a missing worker. Empty for any
    other group, and if no usable link is known."""
    url, comes_first = card.facts.queue_link, card.is_large or card.alert_reason is AlertReason.NO_WORKER
    if not comes_first or not 0 < len(url) <= kit.MAX_URL:
        return []
    return [ButtonElement(action_id=ActionId.OPEN, text="Workers in Temporal", url=url)]


def _buttons(card: notification.StormCard) -> list[InteractiveElement]:
    """The button that splits all struggling customers of the cluster, if the group is large and its reason suggests a
    split; and the button that acknowledges the whole group, unless all its open alerts are acknowledged."""
    can_split = card.is_large and ActionId.SPLIT in WORDS[card.alert_reason].actions
    left = [member for member in card.members if _state(member, card) == _STILL_OPEN]
    is_taken = all(member.acked_by for member in left)
    acknowledge = []
    if card.first and not is_taken:
        value = EpisodeValue(episode=card.first).model_dump_json()
        label = "Acknowledge all" if len(left) > 1 else "Acknowledge"
        acknowledge = [ButtonElement(action_id=ActionId.ACK_GROUP, text=label, value=value)]
    return [*(buttons.split_all(card.cluster, _campaign(left)) if can_split else []), *acknowledge]


def _campaign(members: Sequence[GroupMember]) -> str:
    """The campaign of all these alerts; "" if they are of several."""
    campaigns = {member.campaign for member in members}
    return campaigns.pop() if len(campaigns) == 1 else ""


def _when(card: notification.StormCard) -> str:
    span = (card.latest_at or card.opened_at) - card.opened_at
    return "at once" if span < AT_ONCE else f"within {duration_text(span)}"


def _ended(card: notification.StormCard) -> Message:
    """The line of a group whose alerts have all ended. Its icon is green only if every backfill is complete or has
    recovered."""
    count, reason = len(card.names), WORDS[card.alert_reason]
    outcome, mark = f"over, {card.completed or 'none'} of them complete", ":white_circle:"
    if card.completed == count:
        outcome, mark = "complete", ":large_green_circle:"
    elif card.completed + card.recovered == count:
        outcome, mark = "well again", ":large_green_circle:"
    line = f"{card.cluster}: all {count} backfills that {reason.had_done} together are {outcome}."
    return kit.message(line, [kit.section(f"{mark} {kit.escape(line)}")])
