"""The emoji this page knows by Slack's names; others are shown as they were written.

Each is a plain symbol and a tone, not a colour glyph: those need fonts that many machines lack.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GOOD, BAD, WARN, INFO, QUIET = "good", "bad", "warn", "info", "quiet"

EMOJI: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "white_check_mark": ("✔", GOOD),
        "heavy_check_mark": ("✔", GOOD),
        "ballot_box_with_check": ("☑", GOOD),
        "large_green_circle": ("●", GOOD),
        "tada": ("★", GOOD),
        "sparkles": ("✦", GOOD),
        "rocket": ("▲", GOOD),
        "x": ("✘", BAD),
        "no_entry": ("⊘", BAD),
        "no_entry_sign": ("⊘", BAD),
        "octagonal_sign": ("■", BAD),
        "red_circle": ("●", BAD),
        "rotating_light": ("▲", BAD),
        "fire": ("▲", BAD),
        "exclamation": ("!", BAD),
        "warning": ("⚠", WARN),
        "large_orange_circle": ("●", WARN),
        "large_yellow_circle": ("●", WARN),
        "construction": ("⚠", WARN),
        "bell": ("♪", WARN),
        "hourglass": ("⌛", WARN),
        "hourglass_flowing_sand": ("⌛", INFO),
        "arrows_counterclockwise": ("↻", INFO),
        "repeat": ("↻", INFO),
        "large_blue_circle": ("●", INFO),
        "information_source": ("ℹ", INFO),
        "eyes": ("◉", INFO),
        "mag": ("◎", INFO),
        "arrow_right": ("→", INFO),
        "bar_chart": ("▥", INFO),
        "chart_with_upwards_trend": ("↗", INFO),
        "stopwatch": ("◷", INFO),
        "clock1": ("◷", INFO),
        "link": ("∞", INFO),
        "memo": ("✎", INFO),
        "wave": ("✋", INFO),
        "white_circle": ("○", QUIET),
        "black_circle": ("●", QUIET),
        "no_bell": ("∅", QUIET),
        "zzz": ("z", QUIET),
        "question": ("?", QUIET),
        "grey_question": ("?", QUIET),
        "heavy_minus_sign": ("–", QUIET),
        "lock": ("⚿", QUIET),
    }
)
