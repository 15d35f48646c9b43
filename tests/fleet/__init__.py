"""The pure rules, on hand-made executions."""
