"""HTML pages beside the paper: templates in `reports/pages`, filled with what they show."""

from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from jinja2 import BaseLoader, FileSystemLoader
from jinja2.exceptions import TemplateError
from jinja2.utils import htmlsafe_json_dumps

from rupture_repair.words.templates import FOLDER, Unsaid, environment

PAGES = FOLDER.parent / "pages"


@dataclass(frozen=True)
class Page:
    """What a page shows: the parts are all that its template may name.

    A subclass names its template: `class Audit(Page, at="audit")` is `reports/pages/audit.html`.
    """

    file: ClassVar[str]

    def __init_subclass__(cls, at: str) -> None:
        """Keep where the template is."""
        cls.file = f"{at}.html"

    @property
    def html(self) -> str:
        """The page."""
        return pages().fill(self)


class Pages(Unsaid):
    """The templates of pages; what stands in them is escaped."""

    def __init__(self, folder: Path = PAGES, loader: BaseLoader | None = None) -> None:
        """Prepare to read the templates of `folder`."""
        self.folder = folder
        self.environment = environment(loader or FileSystemLoader(folder))
        self.environment.autoescape = True

    def fill(self, page: Page) -> str:
        """Return a page; raises `WordsError`."""
        parts = {field.name: getattr(page, field.name) for field in fields(page)}
        try:
            return self.environment.get_template(page.file).render(parts)
        except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
            raise self.in_words(error, page, page.file) from None


@cache
def pages() -> Pages:
    """Return the templates of all pages."""
    return Pages()


def data_of(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return data as JSON for a script of a page."""
    return htmlsafe_json_dumps(value, separators=(",", ":"), allow_nan=False)
