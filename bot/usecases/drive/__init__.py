"""The steps of a sequence on one cluster, one per file. The workflow decides; the steps act, through the ports.

Temporal repeats an activity whose answer was lost, even if it has succeeded. So each step is idempotent.
"""
