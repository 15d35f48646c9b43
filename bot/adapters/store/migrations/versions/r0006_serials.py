"""A serial number for each write of a run, by which a bot finds the runs written since it last read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER_THEM = """
UPDATE executions SET serial = numbered.number
FROM (
    SELECT cluster, workflow_id, run_id, row_number() OVER (ORDER BY started_at) AS number
    FROM executions
) AS numbered
WHERE executions.cluster = numbered.cluster
    AND executions.workflow_id = numbered.workflow_id
    AND executions.run_id = numbered.run_id
"""


def upgrade() -> None:
    """Upgrade from r0005."""
    op.add_column("executions", sa.Column("serial", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.execute(_NUMBER_THEM)
    op.create_index("ix_executions_cluster_serial", "executions", ["cluster", "serial"], unique=True)
