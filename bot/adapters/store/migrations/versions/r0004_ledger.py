"""The run history: every run seen, and how far the past of each cluster has been read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Upgrade from r0003."""
    op.create_table(
        "executions",
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("workflow_type", sa.String(), nullable=False),
        sa.Column("task_queue", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("cluster", "workflow_id", "run_id", name="pk_executions"),
    )
    op.create_table(
        "readings",
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("types", sa.Text(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("latest", _MOMENT, nullable=True),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.Column("sure_until", _MOMENT, nullable=True),
        sa.Column("rest_until", _MOMENT, nullable=True),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cluster", name="pk_readings"),
    )
