"""Values behind the marks of a figure: `<title>` of the SVG, which a pointer over a mark shows.

Matplotlib makes a link of each mark of a collection that has an address; the texts travel as
addresses and become titles when the figure is saved.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import CircleCollection
from numpy.typing import ArrayLike

TOOLTIP = "told:"
INVISIBLE = (0, 0, 0, 0)
NAMESPACES = {
    "": "http://www.w3.org/2000/svg",
    "xlink": "http://www.w3.org/1999/xlink",
    "dc": "http://purl.org/dc/elements/1.1/",
    "cc": "http://creativecommons.org/ns#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
SVG = f"{{{NAMESPACES['']}}}"
HREF = f"{{{NAMESPACES['xlink']}}}href"
LONG = re.compile(r"(\d\.\d{2})\d+")  # a hundredth of a point is seen by nobody
UPRIGHT = re.compile(r"M (\S+) (\S+)\s+L \1 (\S+)\s*")
TARGET = 9.0  # points across; a finger needs more, and gets it where the figure is enlarged


def add_tooltips(
    axes: Axes, x: ArrayLike, y: ArrayLike, texts: Sequence[str], size: float = TARGET
) -> None:
    """Let unseen marks of `size` points at x, y, shape (n,), say `texts`; what is missing has none.

    The axes' limits stay as they are.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    known = np.isfinite(x) & np.isfinite(y)
    marks = CircleCollection(
        [np.pi * (size / 2) ** 2],
        offsets=np.column_stack([x[known], y[known]]),
        offset_transform=axes.transData,
        facecolors=[INVISIBLE],
        edgecolors="none",
        zorder=10,
        urls=[TOOLTIP + text for text, here in zip(texts, known, strict=True) if here],
    )
    marks.set_clip_on(False)
    axes.add_collection(marks, autolim=False)


def with_titles(svg: str) -> str:
    """Return the SVG with the texts of its artists as titles of their marks."""
    for prefix, address in NAMESPACES.items():
        ET.register_namespace(prefix, address)
    document = ET.fromstring(svg, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))
    for path in document.iter(f"{SVG}path"):
        if "transform" not in path.attrib:  # letters are drawn large, then made small
            short = LONG.sub(r"\1", path.get("d", ""))
            path.set("d", UPRIGHT.sub(r"M\1 \2V\3 ", short))
    for mark in document.iter(f"{SVG}a"):
        address = mark.get(HREF, "")
        if address.startswith(TOOLTIP):
            # what is not painted meets no pointer otherwise
            mark.tag, mark.attrib = f"{SVG}g", {"pointer-events": "all"}
            ET.SubElement(mark, f"{SVG}title").text = address.removeprefix(TOOLTIP)
    head = re.match(r"<\?xml[^>]*\?>\s*(<!DOCTYPE[^>]*>\s*)?", svg)
    return (head.group() if head else "") + ET.tostring(document, encoding="unicode") + "\n"
