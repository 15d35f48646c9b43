"""The teams' own backfills: a workflow for each shape, and the workers that run them on the clusters."""
