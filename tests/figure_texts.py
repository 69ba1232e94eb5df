"""The texts on a figure, and those that lie on another."""

import itertools

import matplotlib.text


def words_on(figure):
    return [t.get_text() for t in figure.findobj(matplotlib.text.Text) if t.get_text().strip()]


def drawn_texts(figure):
    """Return the texts that can be seen with their boxes; ticks outside of the axes cannot."""
    figure.draw_without_rendering()
    outside = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                outside |= {id(tick.label1), id(tick.label2)}
    texts = figure.findobj(lambda a: isinstance(a, matplotlib.text.Text) and a.get_visible())
    boxes = [
        # of a text with a line to what it names, the text alone
        (text.get_text(), matplotlib.text.Text.get_window_extent(text))
        for text in texts
        if id(text) not in outside
    ]
    return [(text, box) for text, box in boxes if text.strip() and box.width and box.height]


def overlaps(figure):
    """Return pairs of texts of a figure that lie on one another as drawn."""
    return overlapping(drawn_texts(figure))


def overlapping(texts):
    """Return pairs of drawn texts of which the boxes intersect by more than a pixel."""
    return [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(texts, 2)
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]


def thin_lines(figure):
    """Return the lines of single patients."""
    return [line for axes in figure.axes for line in axes.lines if line.get_linewidth() < 1]
