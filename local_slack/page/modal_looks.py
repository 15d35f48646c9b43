"""What the page shows of the modal a user has in front of them: plain values for the templates."""

from __future__ import annotations

from dataclasses import dataclass

from local_slack.errors import Json
from local_slack.workspace.blocks import with_elements
from local_slack.workspace.fields import holds
from local_slack.workspace.views import OpenView, Views


@dataclass(frozen=True)
class ModalLook:
    view_id: str
    title: Json
    submit: Json | None
    close: Json | None
    blocks: tuple[Json, ...]
    errors: dict[str, str]
    notice: str
    depth: int


def modal_look(views: Views, user: str) -> ModalLook | None:
    """The top of the user's stack, or None while nothing is open."""
    top = views.top(user)
    if top is None:
        return None
    return ModalLook(
        view_id=top.id,
        title=top.content["title"],
        submit=top.content["submit"],
        close=top.content["close"],
        blocks=tuple(_as_entered(block, top, views) for block in top.blocks),
        errors=top.errors,
        notice=top.notice,
        depth=len(views.stack(user)),
    )


def _as_entered(block: Json, view: OpenView, views: Views) -> Json:
    """The block with what is entered in it as its elements' initial values, so that it is drawn like any other."""

    def change(element: Json) -> Json:
        if not holds(element):
            return element
        field = views.field(view, element)
        held = view.values[block["block_id"]][field.name][field.shape.name]
        shown = {name: value for name, value in element.items() if name != field.shape.initial}
        return shown | ({field.shape.initial: held} if held else {})

    return with_elements(block, change)
