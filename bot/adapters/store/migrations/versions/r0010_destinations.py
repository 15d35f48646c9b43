"""Where each message goes: the messages of earlier versions all go to the team's channel."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0009."""
    op.add_column("outbox", sa.Column("destination", sa.String(), nullable=False, server_default=sa.text("''")))
    elsewhere = sa.text("destination != ''")
    op.create_index(
        "ix_outbox_elsewhere", "outbox", ["destination"], sqlite_where=elsewhere, postgresql_where=elsewhere
    )
