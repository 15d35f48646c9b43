"""The time at which a message became a dead letter, because ``check`` lists a dead letter only for some days."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0004. A dead letter that is there already gets the time at which the message was recorded."""
    op.add_column("outbox", sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE outbox SET set_aside_at = created_at WHERE set_aside IS NOT NULL")
