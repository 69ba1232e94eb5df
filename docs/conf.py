"""How Sphinx makes the site of the pages, which stay where they are: `make docs`.

The source folder is the whole project, so that generated pages (`config`, `workflow`) and those for
contributors belong to the site without a copy, and links between pages hold here and in the files.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = (ROOT / "workflow/rupture_repair/__init__.py").read_text(encoding="utf-8")

project = "rupture-repair"
author = "The rupture-repair contributors"
project_copyright = f"{author}; text: CC BY 4.0"
release = re.findall(r'__version__ = "(.+)"', PACKAGE)[0]

extensions = ["myst_parser"]
myst_heading_anchors = 4
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "config/*.md",
    "workflow/TABLES.md",
    "data/README.md",
    "data/example_clinic/README.md",
    "benchmarks/*.md",
    "tests/*/FOUND.md",
    "tests/validation/FALSE_ALARMS.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENCES.md",
]
exclude_patterns = [".*", "results", "site"]
highlight_language = "none"

html_theme = "alabaster"
html_theme_options = {
    "description": "Alliance ruptures, repairs and psychotherapy outcome",
    "fixed_sidebar": True,
    "page_width": "1120px",
    "sidebar_width": "270px",
    "show_powered_by": False,
    "sidebar_includehidden": True,
    "show_relbar_bottom": True,
}
html_sidebars = {"**": ["about.html", "searchfield.html", "navigation.html"]}
html_title = "rupture-repair"
templates_path = ["_templates"]
html_static_path = ["_static"]
html_extra_path = ["_extra"]  # site/index.html, which leads to the first page
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False

LINK = re.compile(r"\[([^\]]+)\]\((?!\w+:|#)([^)#\s]+)(?:#[^)\s]*)?\)")


def without_links_to_folders(app: Sphinx, page: str, source: list[str]) -> None:
    """Leave the words alone of a link to a folder, which a site cannot show."""
    here = (ROOT / page).parent
    source[0] = LINK.sub(lambda m: m[1] if (here / m[2]).is_dir() else m[0], source[0])


def setup(app: Sphinx) -> None:
    """Register what is done to a page when it is read."""
    app.connect("source-read", without_links_to_folders)
