"""Draws the direct messages that people have asked for."""

from slack_sdk.models.blocks import Block

from bot.blocks import kit, sequence_phrases, words
from bot.blocks.alert_reasons import WORDS
from bot.commands import SLASH
from bot.commands.words import typed
from bot.fleet.name_lookup import Target
from bot.fleet.notifications.personal import CustomerAlert, CustomerComplete, CustomerStopped, PersonalNote
from bot.message import Message

_GREEN = ":large_green_circle:"


def draw(note: PersonalNote) -> Message:
    """What has happened, and what to type next."""
    match note:
        case CustomerComplete(cluster, customer, window, is_verified, at, campaign):
            proof = "counts match" if is_verified else "not counted yet"
            about = Target(cluster, customer)
            headline = f"{_subject(about, campaign)} is complete: {words.days(window.days)}, {proof}."
            below = f"{words.long_range(window, at)}. {_type('verify', about, 'counts again', campaign)}"
            return _message(headline, _GREEN, below)
        case CustomerAlert(cluster, customer, reason, link, campaign):
            about = Target(cluster, customer)
            headline = f"{_subject(about, campaign)} needs a person: it {WORDS[reason].state}."
            return _message(headline, WORDS[reason].mark, _type("status", about, "says more", campaign), link)
        case CustomerStopped(progress, campaign):
            about = Target(progress.spec.cluster, progress.spec.customer)
            headline = f"{_subject(about, campaign)} needs a person."
            state = sequence_phrases.state(progress)
            below = f"Its sequence: {state}. {_type('status', about, 'says more', campaign)}"
            return _message(headline, ":warning:", below)


def _message(headline: str, mark: str, below: str, link: str = "") -> Message:
    once = f"You asked for this one message; {SLASH} notify asks for another."
    in_temporal = f" {kit.link(link, 'Temporal')}" if 0 < len(link) <= kit.MAX_URL else ""
    blocks: list[Block] = [
        kit.section(f"{mark} *{kit.escape(headline)}*{in_temporal}"),
        kit.context(kit.escape(f"{below} {once}")),
    ]
    return kit.message(f"{headline} {below} {once}", blocks)


def _subject(about: Target, campaign: str) -> str:
    """``hilton on voice-prod in march``"""
    in_campaign = f" in {words.name(campaign)}" if campaign else ""
    return f"{words.name(about.customer)} on {about.cluster}{in_campaign}"


def _type(word: str, about: Target, does: str, campaign: str) -> str:
    return f"{SLASH} {word} {typed(words.name(str(about)))}{words.in_campaign(campaign)} {does}."
