"""The page of the explorer: one document, with nothing to load from elsewhere."""

import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, select_autoescape

from rupture_repair.detection.audit import read_asset, source_hash
from rupture_repair.explorer.messages import page_data
from rupture_repair.explorer.sharing import Sharing

STYLES = ("explorer.css", "panels.css")
SCRIPTS = ("panels.js", "curve.js", "patients.js", "controls.js", "explorer.js")


def explorer_page(sharing: Sharing) -> str:
    """Return the document, without Shiny's own scripts."""
    folder = Path(__file__).parent
    environment = Environment(
        loader=PackageLoader("rupture_repair.explorer", "."), autoescape=select_autoescape()
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    settings = sharing.explored.settings
    return environment.get_template("explorer.html").render(
        title=settings.cohort.title,
        file=settings.file,
        shareable=sharing.shareable,
        masked=sharing.masked,
        synthetic=settings.shows_synthetic,
        data=page_data(sharing),
        style=read_asset("courses", ".css") + _text(folder, STYLES),
        script=read_asset("courses", ".js") + _text(folder, SCRIPTS),
    )


def content_policy(page: str) -> str:
    """Return the content security policy of a whole document: what it holds itself, no more."""
    allowed = {
        kind: " ".join(f"'{source_hash(text)}'" for text in re.findall(inline, page, re.DOTALL))
        for kind, inline in (
            ("script", r"<script>(.*?)</script>"),
            ("style", r"<style>(.*?)</style>"),
        )
    }
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        f"script-src 'self' {allowed['script']}; style-src 'self' {allowed['style']}; "
        "connect-src 'self'; img-src 'self' data:"
    )


def _text(folder: Path, names: tuple[str, ...]) -> str:
    return "".join((folder / name).read_text(encoding="utf-8") for name in names)
