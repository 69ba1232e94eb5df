"""Write a drawing: SVG and PNG with the same bytes in every run, alt text, caption."""

from io import StringIO
from pathlib import Path

from rupture_repair.figures.style import Drawing
from rupture_repair.figures.values import with_titles


def save(drawing: Drawing, svg: str, png: str, alt: str, caption: str) -> None:
    """Write the four files; no dates or versions go into them."""
    Path(svg).write_text(as_svg(drawing), encoding="utf-8")
    drawing.figure.savefig(png, format="png", metadata={"Software": None})
    Path(alt).write_text(drawing.alt + "\n", encoding="utf-8")
    Path(caption).write_text(drawing.caption + "\n", encoding="utf-8")


def as_svg(drawing: Drawing) -> str:
    """Return a drawing as SVG whose marks say their values."""
    drawn = StringIO()
    drawing.figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return with_titles(drawn.getvalue())
