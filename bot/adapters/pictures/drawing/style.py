"""What all pictures share: colours, sizes of letters, and the title.

Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with any colour vision tell apart.
The background is opaque, so that pictures are legible on light and dark themes.
"""

from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure

GREEN, SKY, YELLOW, VERMILION, BLUE, GREY = "#009E73", "#56B4E9", "#F0E442", "#D55E00", "#0072B2", "#D9D9D9"
# Black has a contrast of at least 4 to 1 with each of these; white has less with most.
INK, PAPER = "#000000", "#ffffff"
DOTS_PER_INCH = 160
# In inches. A telephone shows a message some 330 pixels wide: in wider pictures the letters would be too small there.
WIDTH = 4.6
SMALL = 8.5
# The width of a letter of the title, in inches.
LETTER = 0.105


def new_figure(width: float, height: float) -> Figure:
    """An empty picture of this size in inches."""
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=PAPER)


def draw_title(figure: Figure, title: str, below: str) -> None:
    """Draw a bold line, and a plain one below it, each cut to the picture's width."""
    width, height = figure.get_size_inches()
    room = int((width - 0.2) / LETTER)
    for text, top, weight in ((title, 0.1, "bold"), (below, 0.26, "normal")):
        shown = text if len(text) <= room else f"{text[: room - 1]}…"
        figure.text(
            0.1 / width, 1 - top / height, shown, va="top", fontsize=9, weight=weight, color=INK, parse_math=False
        )


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Axes at this place, in inches from the upper left corner."""
    whole_width, whole_height = figure.get_size_inches()
    below = whole_height - top - height
    return figure.add_axes((left / whole_width, below / whole_height, width / whole_width, height / whole_height))


def as_png(figure: Figure) -> bytes:
    """The picture as PNG."""
    written = BytesIO()
    figure.savefig(written, format="png")
    return written.getvalue()
