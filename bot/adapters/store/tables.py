"""The tables of the store. The steps in ``migrations`` lead to the same schema; a test compares the two."""

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, Text, text

from bot.adapters.store.columns import Body, Name, UtcDateTime, Words

WAITING = "said_revision < revision"
ELSEWHERE = "destination != ''"

# All constraints get names by one rule, so that migrations can refer to them on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

failures = Table(
    "failures",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("workflow_id", Name, primary_key=True),
    Column("run_id", Name, primary_key=True),
    Column("activity_id", Name, primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("message", Words, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

observations = Table(
    "observations",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("workflow_id", Name, primary_key=True),
    Column("run_id", Name, primary_key=True),
    Column("activity_id", Name, primary_key=True),
    Column("details", Words, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False, index=True),
)

episodes = Table(
    "episodes",
    metadata,
    Column("id", Name, primary_key=True),
    Column("cluster", String, nullable=False),
    Column("workflow_id", Name, nullable=False),
    Column("run_id", Name, nullable=False),
    Column("root_key", Name, nullable=False, index=True),
    Column("is_open", Boolean, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", Body, nullable=False),
    Index(None, "is_open", "cluster"),
)

sightings = Table(
    "sightings",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# Since when each reason opens alerts on each cluster.
known_reasons = Table(
    "known_reasons",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("older", Integer, nullable=False),
)

# Each run as Temporal last reported it. ``hints`` is JSON. ``serial`` numbers the writes to the runs of a cluster: a
# later write has a higher number, because one bot writes at a time.
executions = Table(
    "executions",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("workflow_id", Name, primary_key=True),
    Column("run_id", Name, primary_key=True),
    Column("workflow_type", Name, nullable=False),
    Column("task_queue", Name, nullable=False),
    Column("status", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("hints", Text, nullable=False),
    Column("serial", Integer, nullable=False, server_default=text("0")),
    Index(None, "cluster", "serial", unique=True),
)

# How far the past of a cluster has been read from Temporal. ``types`` is JSON.
readings = Table(
    "readings",
    metadata,
    Column("cluster", String, primary_key=True),
    Column("types", Text, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("latest", UtcDateTime),
    Column("told_at", UtcDateTime),
    Column("sure_until", UtcDateTime),
    Column("rest_until", UtcDateTime),
    Column("is_whole", Boolean, nullable=False),
)

# The messages that the bot posts unasked. A message waits to be posted or edited while ``said_revision`` is less than
# ``revision``. It is posted once ``ts`` is set.
# ``destination`` is where it goes: a channel ("" for the team's), a user or a webhook. ``channel`` and ``ts`` are
# where it was posted.
# ``turn`` is its place in the queue, and ``created_at`` is when its present wait began. When its body changes after
# it was posted, it begins to wait again, with a new turn.
# ``attempted_at`` is the time of the latest attempt, if the outcome of that attempt is unknown.
# ``tries`` counts the attempts that failed because of the message itself; ``threads`` counts how often the root of
# its thread was gone.
# ``postponed`` is the reason why the latest attempt failed, until the message is posted. ``set_aside`` is the reason
# why it is a dead letter, until it gets another body. A stale message that was discarded counts as sent without a
# ``ts``, and its ``postponed`` is the reason.
outbox = Table(
    "outbox",
    metadata,
    Column("key", Name, primary_key=True),
    Column("turn", Integer, nullable=False, index=True),
    Column("thread_key", Name, nullable=False, index=True),
    Column("broadcast", Boolean, nullable=False),
    Column("destination", String, nullable=False, server_default=text("''")),
    Column("body", Body, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("said_revision", Integer, nullable=False),
    Column("channel", String),
    Column("ts", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempted_at", UtcDateTime),
    Column("tries", Integer, nullable=False),
    Column("threads", Integer, nullable=False, server_default=text("0")),
    Column("next_try_at", UtcDateTime),
    Column("postponed", Words),
    Column("set_aside", Words),
    Column("set_aside_at", UtcDateTime),
    # Finds the message at an address.
    Index("ix_outbox_posted_at", "ts", "channel"),
    # Finds the few messages that go elsewhere than to the team's channel.
    Index("ix_outbox_elsewhere", "destination", sqlite_where=text(ELSEWHERE), postgresql_where=text(ELSEWHERE)),
    # Finds the few waiting messages without reading the many posted ones.
    Index("ix_outbox_waiting", "turn", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
)

# ``name`` and ``full_name`` are case folded, for the search. ``change`` is the id under which an outcome replaces the
# record of the begun change; null for a record that is written only once.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_id", Name, nullable=False),
    Column("command", Name, nullable=False),
    Column("cluster", Name, nullable=False),
    Column("customer", Name, nullable=False),
    Column("workflow_id", Name, nullable=False),
    Column("name", Name, nullable=False, index=True),
    Column("full_name", Name, nullable=False, index=True),
    Column("outcome", String, nullable=False),
    Column("why", Words, nullable=False),
    Column("before", Words, nullable=False),
    Column("after", Words, nullable=False),
    Column("reason", Words, nullable=False, server_default=text("''")),
    Column("plan_digest", String, nullable=False, server_default=text("''")),
    Column("change", String),
    Column("campaign", Name, nullable=False, server_default=text("''")),
    Index("ix_audit_change", "change", unique=True),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("taken_at", UtcDateTime, nullable=False),
    Column("body", Body, nullable=False),
)

# Which bot holds each lease, and until when, by the clock that all bots on this store share.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# The campaigns that were opened from Slack, and those of ``backfill.toml`` that were closed or reopened from Slack.
# ``definition`` is JSON; null for a campaign of ``backfill.toml``.
campaigns = Table(
    "campaigns",
    metadata,
    Column("name", String, primary_key=True),
    Column("definition", Text),
    Column("changed_by", Name, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("revision", Integer, nullable=False),
)

# What the dialogs for many customers show, by the id of their view. ``body`` is JSON.
dialogs = Table(
    "dialogs",
    metadata,
    Column("id", Name, primary_key=True),
    Column("body", Body, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Name, primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

# Who is to get one message when something is complete. ``customer`` is "" for all customers of the cluster,
# ``cluster`` is "" for the whole campaign, and ``user_id`` is "" for the channel.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("campaign", Name, primary_key=True),
    Column("cluster", Name, primary_key=True),
    Column("customer", Name, primary_key=True),
    Column("user_id", Name, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
)
