"""The steps of a sequence on one cluster, one per file. The workflow decides; these act, through the ports.

Temporal repeats an activity whose answer was lost, even if it succeeded. So each step is idempotent, and says why.
"""
