"""The contract of bot.ports.Channel, on the fake and on the adapter over a local Slack."""

from datetime import timedelta

import pytest

from bot.errors import NotFound, Refused
from bot.message import Document, Message
from tests.adapters.slack.conftest import OTHER, READER, Team, now

HELLO = Message("hilton is struggling", ({"type": "section", "text": {"type": "mrkdwn", "text": "*hilton*"}},))
PLAIN = Message("plain words")
LOG = Message("89 of 95 complete", document=Document("log-2026-02-22.md", "Operations log", "# Log\n"))
EARLIER = timedelta(minutes=1)


async def test_a_message_is_found_again_by_its_key(team: Team) -> None:
    since = now() - EARLIER
    address = await team.channel.post(HELLO, "episode:1")
    await team.channel.post(HELLO, "episode:2")

    assert await team.channel.find("episode:1", since) == address


async def test_every_message_has_an_address_of_its_own(team: Team) -> None:
    addresses = [await team.channel.post(PLAIN, f"k{n}") for n in range(5)]

    assert len(set(addresses)) == 5
    assert addresses == sorted(addresses)


async def test_a_key_nobody_posted_is_not_found(team: Team) -> None:
    await team.channel.post(HELLO, "episode:1")

    assert await team.channel.find("episode:", now() - EARLIER) is None
    assert await team.channel.find("hilton", now() - EARLIER) is None


async def test_a_message_from_before_the_time_asked_for_is_not_found(team: Team) -> None:
    await team.channel.post(HELLO, "episode:1")

    assert await team.channel.find("episode:1", now() + EARLIER) is None


async def test_a_message_from_after_the_time_asked_for_is_not_found(team: Team) -> None:
    address = await team.channel.post(HELLO, "episode:1")
    reply = await team.channel.post(PLAIN, "reply", address)
    since, later = now() - 2 * EARLIER, now() + EARLIER

    assert await team.channel.find("episode:1", since, until=later) == address
    assert await team.channel.find("episode:1", since, until=now() - EARLIER) is None
    assert await team.channel.find("reply", since, address, later) == reply
    assert await team.channel.find("reply", since, address, now() - EARLIER) is None


async def test_a_reply_is_found_in_its_thread_and_not_in_the_channel(team: Team) -> None:
    since = now() - EARLIER
    root = await team.channel.post(HELLO, "root")
    reply = await team.channel.post(PLAIN, "reply", root)

    assert await team.channel.find("reply", since, root) == reply
    assert await team.channel.find("reply", since) is None


async def test_a_broadcast_reply_is_found_in_its_thread_and_in_the_channel(team: Team) -> None:
    since = now() - EARLIER
    root = await team.channel.post(HELLO, "root")
    reply = await team.channel.post(PLAIN, "reply", root, broadcast=True)

    assert await team.channel.find("reply", since, root) == reply
    assert await team.channel.find("reply", since) == reply


async def test_a_reply_of_another_thread_is_not_found(team: Team) -> None:
    since = now() - EARLIER
    first = await team.channel.post(HELLO, "one")
    other = await team.channel.post(HELLO, "other")
    await team.channel.post(PLAIN, "reply", first)

    assert await team.channel.find("reply", since, other) is None


async def test_an_edited_message_keeps_its_address_and_its_key(team: Team) -> None:
    since = now() - EARLIER
    address = await team.channel.post(HELLO, "episode:1")
    await team.channel.edit(address, PLAIN, "episode:1")

    assert await team.channel.find("episode:1", since) == address


async def test_a_deleted_message_cannot_be_edited(team: Team) -> None:
    address = await team.channel.post(HELLO, "episode:1")
    await team.delete(address)

    with pytest.raises(NotFound):
        await team.channel.edit(address, PLAIN, "episode:1")


async def test_a_deleted_message_is_not_found(team: Team) -> None:
    address = await team.channel.post(HELLO, "episode:1")
    await team.delete(address)

    assert await team.channel.find("episode:1", now() - EARLIER) is None


async def test_a_deleted_message_has_no_link(team: Team) -> None:
    address = await team.channel.post(HELLO, "episode:1")
    link = await team.channel.permalink(address)
    await team.delete(address)

    assert link.startswith("https://")
    assert address.ts.replace(".", "") in link
    with pytest.raises(NotFound):
        await team.channel.permalink(address)


async def test_nothing_can_be_said_in_a_thread_that_is_gone(team: Team) -> None:
    root = await team.channel.post(HELLO, "root")
    await team.delete(root)

    with pytest.raises(NotFound):
        await team.channel.post(PLAIN, "reply", root)


async def test_nothing_is_found_in_a_thread_that_is_gone(team: Team) -> None:
    root = await team.channel.post(HELLO, "root")
    await team.delete(root)

    assert await team.channel.find("reply", now() - EARLIER, root) is None


async def test_a_file_is_found_by_its_key_in_the_channel_and_in_its_thread(team: Team) -> None:
    since = now() - EARLIER
    root = await team.channel.post(HELLO, "root")
    address = await team.channel.post(LOG, "report:1")
    reply = await team.channel.post(LOG, "report:2", root)

    assert await team.channel.find("report:1", since) == address
    assert await team.channel.find("report:2", since, root) == reply
    assert await team.channel.find("report:2", since) is None


async def test_a_file_for_a_thread_that_is_gone_is_not_posted(team: Team) -> None:
    since = now() - EARLIER
    root = await team.channel.post(HELLO, "root")
    await team.delete(root)

    with pytest.raises(NotFound):
        await team.channel.post(LOG, "report:1", root)
    assert await team.channel.find("report:1", since) is None


async def test_a_message_may_go_to_another_channel_than_the_teams(team: Team) -> None:
    await team.let_bot_join(OTHER)
    address = await team.channel.post(HELLO, "episode:1", channel=OTHER)
    reply = await team.channel.post(PLAIN, "reply", address)
    since = now() - EARLIER

    assert (address.channel, reply.channel) == (OTHER, OTHER)
    assert await team.channel.find("episode:1", since, channel=OTHER) == address
    assert await team.channel.find("episode:1", since) is None


async def test_whether_the_bot_may_post_in_a_channel_is_told_by_its_name_or_with_what_to_do(team: Team) -> None:
    with pytest.raises(Refused, match="the bot is not in"):
        await team.channel.check_membership(OTHER)
    await team.let_bot_join(OTHER)

    assert (await team.channel.check_membership(OTHER)).startswith("#")


async def test_a_direct_message_is_found_again_in_the_conversation_with_its_reader(team: Team) -> None:
    since = now() - EARLIER
    address = await team.channel.post(HELLO, "notify:1", channel=READER)
    await team.channel.post(HELLO, "notify:1")

    assert await team.channel.find("notify:1", since, channel=READER) == address
    assert await team.channel.find("notify:2", since, channel=READER) is None
