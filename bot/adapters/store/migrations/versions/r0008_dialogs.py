"""What dialogs for many customers show, until they are submitted."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0007."""
    op.create_table(
        "dialogs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dialogs"),
    )
    op.create_index("ix_dialogs_kept_at", "dialogs", ["kept_at"])
