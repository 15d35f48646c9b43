"""Backfill workflows as different teams write them, one module each. They differ in where a run states its customer
and days, and in how it copies: in one activity, in several at once, in children, or by continuing as new.
`sandbox/bot_mappings.py` has the bot's configuration for each."""

from collections.abc import Mapping

from sandbox.scenario.model import Shape
from sandbox.worker.shapes import careful, children, continued, demo, encrypted, history_import, lanes, regional
from sandbox.worker.shapes.team import TeamShape

SHAPES: Mapping[Shape, TeamShape] = {
    Shape.DEMO: demo.SHAPE,
    Shape.CHILDREN: children.SHAPE,
    Shape.CONTINUED: continued.SHAPE,
    Shape.INPUT: history_import.SHAPE,
    Shape.PARALLEL: lanes.SHAPE,
    Shape.CODEC: encrypted.SHAPE,
    Shape.CATCHES_CANCEL: careful.SHAPE,
    Shape.REGION: regional.SHAPE,
}
