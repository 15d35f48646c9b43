"""Whether the campaign of a sequence still lets it start windows."""

from bot.services import Services


def why_no_window(campaign: str, tells_campaign: bool, services: Services) -> str:
    """Why a sequence of this campaign can start no more windows, for its thread; "" if it can. ``services`` are those
    that were found for it. The id of the sequence contains the campaign if ``tells_campaign``."""
    view = services.view
    if tells_campaign and campaign != services.config.campaign.name:
        return f"The campaign {campaign} is no longer known. Nothing was started."
    if view and view.campaign.problem:
        return f"The campaign {campaign} cannot start anything: {view.campaign.problem}. Nothing was started."
    return ""
