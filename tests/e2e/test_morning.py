"""The morning of the operations log: four backfills time out, and the channel tells so by itself."""

from collections.abc import Iterator

import pytest

from tests.adapters.store.server import Server
from tests.e2e.confirming import WHY, do, wait_for_words
from tests.e2e.control import Control, attempts_in
from tests.e2e.processes import TO_THE_END, Sandbox, bot, eventually, sandbox

pytestmark = pytest.mark.timeout(1_200)

# An hour is five seconds: three attempts time out within half a minute, and the healthy ones outlast the test.
SPEED = 720
HEAVY = ["hilton", "marriott", "spirit", "united-east"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, store_server: Server | None) -> Iterator[Sandbox]:
    folder = tmp_path_factory.mktemp("morning")
    with sandbox("morning", folder, store_server, speed=SPEED) as world, bot(world, folder):
        yield world


@pytest.fixture
def control(world: Sandbox) -> Control:
    return world.control


def names(control: Control) -> list[str]:
    return sorted(alert["text"].split(" on ")[0] for alert in control.cards())


def test_exactly_the_four_heavy_customers_alert_and_each_thread_tells_every_attempt(control: Control) -> None:
    eventually(lambda: names(control) == HEAVY, limit=TO_THE_END)
    eventually(lambda: all(len(control.thread(alert)) >= 3 for alert in control.cards()), limit=TO_THE_END)

    for alert in control.cards():
        name = alert["text"].split(" on ")[0]
        shown = [line for line in control.thread(alert) if ", attempt " in line]
        assert all(line.startswith(name) for line in shown)
        attempts = attempts_in(shown)
        assert attempts == list(range(1, len(attempts) + 1))
        assert all("heartbeat timeout" in line for line in shown)
    # By now vivint and holidayinn-transfers have run through several heartbeat timeouts' time as well.
    assert names(control) == HEAVY


def test_struggling_lists_the_same_four(control: Control) -> None:
    eventually(lambda: names(control) == HEAVY, limit=TO_THE_END)
    shown = control.ask_until_known("/backfill struggling")

    assert all(name in shown for name in HEAVY)
    assert "vivint" not in shown
    assert "holidayinn-transfers" not in shown


@pytest.mark.parametrize(
    ("customer", "headline", "why"),
    [
        (
            "hilton",
            "hilton on voice-prod: 11 windows of 5 days would run one after another; about ",
            "5 days a window",
        ),
        (
            "united-east",
            "united-east on us-east-1-prod: 11 windows of 5 days would run one after another",
            "In earlier backfills, 5 days worked for united-east",
        ),
        (
            "marriott",
            "marriott on us-east-1-prod: 6 windows of 10 days would run one after another",
            "spirit (",
        ),
        (
            "spirit",
            "spirit on us-east-1-prod: 6 windows of 10 days would run one after another",
            "marriott (",
        ),
        (
            "oportun",
            "oportun on us-west-2-prod: nothing would run: 51 windows of 1 day are complete.",
            "307 rows",
        ),
        ("cvs", "cvs on us-west-2-prod: nothing would run: 51 windows of 1 day are complete.", "set for cvs in the"),
    ],
)
def test_a_plan_cuts_every_customer_as_the_log_did_and_says_why(
    control: Control, customer: str, headline: str, why: str
) -> None:
    lines = control.ask_until_known(f"/backfill plan {customer}").splitlines()

    assert lines[0].startswith(headline)
    assert any(why in line for line in lines[2:5])


SPLIT_ALL = "/backfill split struggling"


def has_completed_its_first_window(control: Control, name: str) -> bool:
    first = f"{name}: window 1 of "
    return any(line.startswith(first) and " complete in " in line for line in control.thread(control.alert(name)))


def test_the_four_are_split_by_one_command_and_one_reason_and_complete_their_first_windows(
    control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes last, because the four do not struggle any more afterwards."""
    eventually(lambda: names(control) == HEAVY, limit=TO_THE_END)
    posted = do(control, SPLIT_ALL)
    outcome = wait_for_words(control, "Split: under way for all 4 customers.")

    assert "4 customers on 2 clusters: about to cancel 4 workflows and start 34 windows" in posted
    assert all(f"*{name}* on " in posted for name in HEAVY)
    assert all(name in outcome for name in HEAVY)
    eventually(lambda: all(has_completed_its_first_window(control, name) for name in HEAVY), TO_THE_END)
    (card,) = [message for message in control.messages() if " asked to split 4 customers: " in message["text"]]
    assert WHY in card["text"]
    with capsys.disabled():
        keys = len(SPLIT_ALL) + len(WHY)
        print(f"{SPLIT_ALL}: {keys} characters, 1 Enter, 1 click; 4 customers split")  # noqa: T201  (the measure)


def test_the_audit_has_an_entry_for_each_of_the_four(control: Control) -> None:
    audit = control.ask("/backfill audit")

    assert [name for name in HEAVY if f"/{name}" not in audit and name not in audit] == []
    assert audit.count(WHY) == len(HEAVY)
