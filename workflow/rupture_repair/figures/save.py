"""Write a drawing: SVG and PNG with the same bytes in every run, alt text, caption."""

from io import BytesIO, StringIO
from pathlib import Path

from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from PIL import Image

from rupture_repair.figures.style import Drawing
from rupture_repair.figures.tooltips import with_titles

PRINT_DPI = 600
SVG_DPI = 72  # a point is a unit of an SVG


def save(drawing: Drawing, svg: str, png: str, alt: str, caption: str) -> None:
    """Write the four files; no dates or versions go into them."""
    save_pictures(drawing, svg, png)
    Path(alt).write_text(drawing.alt + "\n", encoding="utf-8")
    Path(caption).write_text(drawing.caption + "\n", encoding="utf-8")


def save_pictures(drawing: Drawing, svg: str, png: str) -> None:
    """Write the figure alone: that of a second language has its caption in the first."""
    Path(svg).write_text(as_svg(drawing), encoding="utf-8")
    # the panels stay where the SVG has them; `savefig` would lay out and draw all once more
    drawing.figure.set_dpi(rcParams["savefig.dpi"])
    FigureCanvasAgg(drawing.figure).print_png(png, metadata={"Software": None})  # type: ignore[no-untyped-call]


def save_for_submission(drawing: Drawing, file: Path) -> None:
    """Write `file` with the endings `.pdf`, its text as text, and `.tiff`, without transparency."""
    undated = {"CreationDate": None, "Creator": None, "Producer": None}
    drawing.figure.savefig(f"{file}.pdf", format="pdf", metadata=undated)
    pixels = BytesIO()
    drawing.figure.savefig(pixels, format="png", dpi=PRINT_DPI)
    picture = Image.open(pixels).convert("RGB")
    picture.save(f"{file}.tiff", compression="tiff_lzw", dpi=(PRINT_DPI, PRINT_DPI))


def as_svg(drawing: Drawing) -> str:
    """Return a drawing as SVG whose marks say their values; its panels are laid out for good."""
    figure, drawn = drawing.figure, StringIO()
    figure.set_dpi(SVG_DPI)
    canvas = FigureCanvasSVG(figure)
    if layout := figure.get_layout_engine():
        layout.execute(figure)
        figure.set_layout_engine("none")
    figure.set_dpi(rcParams["savefig.dpi"])  # that of pictures in the SVG
    canvas.print_svg(drawn, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return with_titles(drawn.getvalue())
