"""Records changes as begun, with their reason and the confirmed plan; the outcome replaces that row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the first tables."""
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("plan_digest", sa.String(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("change", sa.String(), nullable=True))
        table.create_index("ix_audit_change", ["change"], unique=True)
