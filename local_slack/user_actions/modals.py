"""What people do in modals: submit, close, press something inside, look for options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_slack.delivery.deliveries import Deliveries, Delivery, DeliveryKind, Outgoing
from local_slack.errors import ControlError, Json
from local_slack.user_actions.elements import Press, action_object, find_element
from local_slack.user_actions.form_input import client_errors, fill_in
from local_slack.user_actions.modal_acks import apply_submission_ack, apply_suggestion_ack
from local_slack.user_actions.payloads import Viewer, block_suggestion, view_action, view_closed, view_submission
from local_slack.workspace import Workspace
from local_slack.workspace.fields import holds, is_external
from local_slack.workspace.objects import view_object
from local_slack.workspace.people import User
from local_slack.workspace.views import OpenView

SHORTEST_QUERY = 3
"""The default min_query_length of an external select."""


@dataclass(frozen=True)
class FormInput:
    """The values entered in a view, by block id and action id."""

    view_id: str
    values: Mapping[str, Any]


class ModalActions:
    def __init__(self, ws: Workspace, deliveries: Deliveries) -> None:
        self._ws = ws
        self._deliveries = deliveries

    async def submit(self, user: User, form: FormInput) -> Json:
        """Presses the submit button. Input that the client refuses is not delivered."""
        viewer = self._top_viewer(user, form.view_id, "be submitted")
        view = viewer.view
        if view.content["submit"] is None:
            raise ControlError(f"view {view.id} has no submit button")
        if view.waiting:
            raise ControlError(f"view {view.id} has been submitted already and waits for its ack")
        fill_in(self._ws.views, view, form.values)
        view.errors, view.notice = client_errors(self._ws.views, view), ""
        self._ws.views.changed()
        delivery = None if view.errors else await self._deliver_submission(viewer)
        return self._delivery_result(delivery) | {
            "closed": not self._ws.views.is_open(view),
            "errors": view.errors,
            "notice": view.notice or None,
            "view": self._top_view(user),
        }

    async def _deliver_submission(self, viewer: Viewer) -> Delivery:
        viewer.view.waiting = True
        try:
            delivery = await self._deliver(viewer.user, view_submission(viewer, self._ws))
            apply_submission_ack(viewer.view, delivery, self._ws.views)
        finally:
            viewer.view.waiting = False
        return delivery

    async def close(self, user: User, view_id: str, *, all_views: bool) -> Json:
        """Closes the view on top, as Cancel does, or the whole stack, as × does. A view with clear_on_close always
        closes the whole stack."""
        viewer = self._top_viewer(user, view_id, "be closed")
        if all_views or viewer.view.content["clear_on_close"]:
            reported, is_cleared = Viewer(user, self._ws.views.stack(user.id)[0]), True
            closed = [view.id for view in self._ws.views.stack(user.id)]
            self._ws.views.close_all(user.id)
        else:
            reported, is_cleared, closed = viewer, False, [view_id]
            self._ws.views.close(viewer.view)
        delivery = None
        if reported.view.content["notify_on_close"]:
            delivery = await self._deliver(user, view_closed(reported, self._ws, is_cleared=is_cleared))
        return self._delivery_result(delivery) | {"closed": closed, "view": self._top_view(user)}

    async def click(self, user: User, form: FormInput, press: Press) -> Delivery:
        """Presses an element of a modal or of the App Home. The payload contains the values entered so far."""
        home = self._ws.views.home(user.id)
        at_home = home is not None and home.id == form.view_id
        viewer = Viewer(user, home) if home and at_home else self._top_viewer(user, form.view_id, "be pressed in")
        found = find_element(viewer.view.blocks, press, "view")
        field = self._ws.views.field(viewer.view, found.element)
        action = action_object(found, field, press, f"{self._ws.clock().timestamp():.6f}")
        fill_in(self._ws.views, viewer.view, form.values)
        if holds(found.element):
            held = {name: action[name] for name in ("type", field.shape.name)}
            viewer.view.values[found.block["block_id"]][field.name] = held
        self._ws.views.changed()
        return await self._deliver(user, view_action(viewer, action, self._ws))

    async def suggest(self, user: User, view_id: str, press: Press) -> Json:
        """Types `press.value` into an external select. A query shorter than min_query_length is not delivered."""
        viewer = self._top_viewer(user, view_id, "be searched in")
        found = find_element(viewer.view.blocks, Press(press.action_id), "view")
        if not is_external(found.element):
            kind = found.element["type"]
            raise ControlError(f"{press.action_id!r} is a {kind}, which has nothing to look up")
        query = press.value or ""
        if len(query) < found.element.get("min_query_length", SHORTEST_QUERY):
            return self._delivery_result(None) | {"options": [], "option_groups": []}
        delivery = await self._deliver(user, block_suggestion(viewer, found, query, self._ws))
        offer = apply_suggestion_ack(viewer.view, found.element["action_id"], delivery)
        return self._delivery_result(delivery) | offer

    def open_views(self, user: User) -> Json:
        """Returns the user's modals, the top one last, and their App Home."""
        home = self._ws.views.home(user.id)
        return {
            "views": [self._view_json(view) for view in self._ws.views.stack(user.id)],
            "home": None if home is None else self._view_json(home),
        }

    def _top_view(self, user: User) -> Json | None:
        """Returns the top view of the stack, the only one that the user sees."""
        top = self._ws.views.top(user.id)
        return None if top is None else self._view_json(top)

    def _view_json(self, view: OpenView) -> Json:
        return view_object(view, self._ws, view.values) | {"errors": view.errors, "notice": view.notice or None}

    def _top_viewer(self, user: User, view_id: str, purpose: str) -> Viewer:
        stack = self._ws.views.stack(user.id)
        if view_id not in [view.id for view in stack]:
            known = ", ".join(view.id for view in stack) or "none"
            raise ControlError(f"{user.name} has no view {view_id!r} open; open are: {known}", 404)
        if stack[-1].id != view_id:
            raise ControlError(f"view {view_id} lies under {stack[-1].id}; only the top view can {purpose}")
        return Viewer(user, stack[-1])

    async def _deliver(self, user: User, payload: Json) -> Delivery:
        return await self._deliveries.deliver(Outgoing(DeliveryKind.INTERACTIVE, payload, user.id))

    def _delivery_result(self, delivery: Delivery | None) -> Json:
        return {"delivered": False} if delivery is None else {**delivery.to_json(), "delivered": True}
