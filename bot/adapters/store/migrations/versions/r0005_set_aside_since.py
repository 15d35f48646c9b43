"""The time at which a message became a dead letter: after some days ``check`` does not list it any more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the run history. Older dead letters count from when they were recorded."""
    op.add_column("outbox", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE outbox SET set_aside_at = created_at WHERE set_aside IS NOT NULL")
