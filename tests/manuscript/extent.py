"""How long a rendered paper is."""

from html.parser import HTMLParser

APART = {"script", "style", "nav", "title", "table"}


class Extent(HTMLParser):
    """Words before the references, and figures and tables, of a page.

    Words are those of title, text, headings and captions of figures; tables with their captions
    are counted as tables. What the page's script adds is not there yet.
    """

    def __init__(self, file):
        super().__init__()
        self.words, self.figures, self.tables = 0, 0, 0
        self._apart, self._over = 0, False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self._over |= dict(attrs).get("id") == "references"
        self._apart += tag in APART
        self.figures += tag == "figure"
        self.tables += tag == "table"

    def handle_endtag(self, tag):
        self._apart -= tag in APART

    def handle_data(self, data):
        if not self._apart and not self._over:
            self.words += len(data.split())
