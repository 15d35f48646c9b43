"""What all pictures share: width, colours, sizes of letters, and the title.

Colours are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), which people with any colour vision tell apart.
The background is opaque, so that pictures are legible on light and dark themes.
"""

from collections.abc import Sequence
from io import BytesIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

GREEN, SKY, YELLOW, VERMILION, BLUE, GREY = "#009E73", "#56B4E9", "#F0E442", "#D55E00", "#0072B2", "#D9D9D9"
# Black has a contrast of at least 4 to 1 with each of these; white has less with most.
INK, PAPER = "#000000", "#ffffff"
DOTS_PER_INCH = 160
# In inches. A telephone shows a message some 330 pixels wide: in wider pictures the letters would be too small there.
WIDTH = 4.6
SMALL = 8.5
# The title: the size of its letters in points, and its margin and the height of a line in inches.
TITLE, MARGIN, TITLE_LINE = 9.0, 0.1, 0.16


def new_figure(height: float) -> Figure:
    """An empty picture of this height in inches."""
    return Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH, facecolor=PAPER)


def title_of(customer: str, cluster: str) -> tuple[str, ...]:
    """The lines of a title such as ``hilton on voice-prod``. If the title does not fit into one line, the cluster
    gets a line of its own."""
    whole = f"{customer} on {cluster}"
    return (whole,) if _fits(whole, "bold") else (customer, f"on {cluster}")


def height_of(title: Sequence[str]) -> float:
    """The height of the title, of the line below it, and of the margin above them, in inches."""
    return MARGIN + TITLE_LINE * (len(title) + 1)


def draw_title(figure: Figure, title: Sequence[str], below: str) -> None:
    """Draw bold lines, and a plain one below them, each cut to the picture's width."""
    height = figure.get_size_inches()[1]
    for number, (text, weight) in enumerate([*((line, "bold") for line in title), (below, "normal")]):
        figure.text(
            MARGIN / WIDTH,
            1 - (MARGIN + number * TITLE_LINE) / height,
            _cut(text, weight),
            va="top",
            fontsize=TITLE,
            weight=weight,
            color=INK,
            parse_math=False,
        )


def _cut(text: str, weight: str) -> str:
    """The text, or as much of its beginning as fits."""
    if _fits(text, weight):
        return text
    fitting = (length for length in range(min(len(text), 200), 0, -1) if _fits(f"{text[:length]}…", weight))
    return f"{text[: next(fitting, 0)]}…"


def _fits(text: str, weight: str) -> bool:
    font = FontProperties(size=TITLE, weight=weight)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return bool(width / 72 <= WIDTH - 2 * MARGIN)


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
