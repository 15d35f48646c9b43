"""When a change begins, the audit gets a row with the change's reason and plan digest. A row with the outcome later
replaces that row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Upgrade from r0001."""
    with op.batch_alter_table("audit") as table:
        table.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("plan_digest", sa.String(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("change", sa.String(), nullable=True))
        table.create_index("ix_audit_change", ["change"], unique=True)
