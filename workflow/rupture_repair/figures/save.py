"""Write a drawing: SVG and PNG with the same bytes in every run, alt text, caption."""

from io import BytesIO, StringIO
from pathlib import Path

from PIL import Image

from rupture_repair.figures.style import Drawing
from rupture_repair.figures.tooltips import with_titles

PRINT_DPI = 600


def save(drawing: Drawing, svg: str, png: str, alt: str, caption: str) -> None:
    """Write the four files; no dates or versions go into them."""
    save_pictures(drawing, svg, png)
    Path(alt).write_text(drawing.alt + "\n", encoding="utf-8")
    Path(caption).write_text(drawing.caption + "\n", encoding="utf-8")


def save_pictures(drawing: Drawing, svg: str, png: str) -> None:
    """Write the figure alone: that of a second language has its caption in the first."""
    Path(svg).write_text(as_svg(drawing), encoding="utf-8")
    drawing.figure.savefig(png, format="png", metadata={"Software": None})


def save_for_submission(drawing: Drawing, file: Path) -> None:
    """Write `file` with the endings `.pdf`, its text as text, and `.tiff`, without transparency."""
    undated = {"CreationDate": None, "Creator": None, "Producer": None}
    drawing.figure.savefig(f"{file}.pdf", format="pdf", metadata=undated)
    pixels = BytesIO()
    drawing.figure.savefig(pixels, format="png", dpi=PRINT_DPI)
    picture = Image.open(pixels).convert("RGB")
    picture.save(f"{file}.tiff", compression="tiff_lzw", dpi=(PRINT_DPI, PRINT_DPI))


def as_svg(drawing: Drawing) -> str:
    """Return a drawing as SVG whose marks say their values."""
    drawn = StringIO()
    drawing.figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return with_titles(drawn.getvalue())
