"""A clinic whose names try to break out: of tables, of pages, of the paper, of its folder."""

import csv
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml
from incomplete_clinics import deliver

pytestmark = pytest.mark.long

FORMULA = "=cmd|' /C calc'!A0"
LEVELS = [
    FORMULA, "@SUM(1+1)", "<script>alert(1)</script>", "[x](javascript:alert(1))",
    "{{< include /etc/passwd >}}", "@igra2025 *a|b* $x^2$ `c` ???", '"quoted" & \'single\' \\alpha',
]  # fmt: skip
THERAPISTS = [
    FORMULA,
    "+1+1",
    "-2+3",
    "../../../outside",
    "a/b\\c:d",
    "<img src=x onerror=alert(1)>",
]
TITLE = "<script>alert(1)</script> [t](javascript:x) {{< meta x >}} *|* $a$ =1+1"


def hostile(patients, sessions):
    """Give patients, therapists and diagnoses names that a program could take for code."""
    before = patients["PatientID"].tolist()
    names = {old: f"{THERAPISTS[i % 6]}{i}" for i, old in enumerate(before)}
    codes, _ = pd.factorize(patients["TherapistID"])
    patients = patients.assign(
        PatientID=patients["PatientID"].map(names),
        TherapistID=[f"{THERAPISTS[code % 6]}{code // 6 or ''}" for code in codes],
        Diagnosis=[LEVELS[i % len(LEVELS)] for i in range(len(patients))],
    )
    return patients, sessions.assign(PatientID=sessions["PatientID"].map(names))


@pytest.fixture(scope="module")
def clinic(fresh, built, tmp_path_factory):
    """The whole run of the clinic, with its own questionnaire of a hostile name."""
    project = fresh.copy(tmp_path_factory.mktemp("hostile") / "project")
    deliver(project.folder, hostile, built.results / "synthetic")
    file = project.folder / "config/cohorts/tiny.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    library = yaml.safe_load((project.folder / "config/instruments.yaml").read_text("utf-8"))
    own = library["SAI"] | {"title": TITLE, "short": "=1+1 $x$ <b>", "source": TITLE}
    own.pop("citation", None)
    content["columns"]["patients"]["diagnosis"] = "Diagnosis"
    content |= {"title": TITLE, "own_instruments": {"mine": own}, "confidential": False}
    content["instruments"]["alliance"] = "mine"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    around = {path for path in project.folder.parent.rglob("*") if "results" not in path.parts}
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    return project, around


class Page(HTMLParser):
    """The text of a page, and what in it could do something."""

    def __init__(self, file):
        super().__init__()
        self.active, self.text, self.inside = [], [], None
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.inside = tag if tag in {"script", "style"} else None
        given = dict(attrs)
        self.active += [f"{tag} {name}" for name in given if name.startswith("on")]
        if (given.get("href") or "").strip().lower().startswith("javascript:"):
            self.active.append(str(given))

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside == "script" and "alert(1)" in data and "{" not in data:
            self.active.append(data)
        if self.inside is None:
            self.text.append(data)


def test_no_cell_of_any_table_runs_as_a_formula(clinic):
    project, _ = clinic
    number = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
    tables = [t for t in project.results.parent.rglob("*.csv") if "synthetic" not in t.parts]
    found = 0
    for table in tables:
        with table.open(encoding="utf-8", newline="") as rows:
            for cell in (cell for row in csv.reader(rows) for cell in row):
                assert cell[:1] not in set("=+-@\t\r") or number.match(cell), (table.name, cell)
                found += cell.startswith("'=")
    assert found > 0, "the hostile names are in no table: nothing was tested"


def test_names_are_text_in_every_page(clinic):
    project, _ = clinic
    pages = list(project.results.parent.rglob("*.html"))
    assert len(pages) >= 4
    for file in pages:
        assert Page(file).active == [], file.name


def test_the_paper_shows_the_names_as_they_are(clinic):
    project, _ = clinic
    paper = project.results / "manuscript"
    html = "".join(Page(paper / "manuscript.html").text)
    with zipfile.ZipFile(paper / "manuscript.docx") as word:
        xml = word.read("word/document.xml").decode("utf-8")
    docx = "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", xml)).replace("&lt;", "<")
    for text in (html, docx.replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", '"')):
        shown = text.translate({0x2060: None, 0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"'})
        shown = " ".join(shown.split())  # lines are broken anywhere
        for level in [*LEVELS, TITLE]:
            assert level in shown, level


def test_nothing_is_written_outside_of_the_results(clinic):
    project, before = clinic
    after = {path for path in project.folder.parent.rglob("*") if "results" not in path.parts}
    new = [
        p for p in after - before if ".snakemake" not in p.parts and "__pycache__" not in p.parts
    ]
    assert new == []
    assert not list(Path(project.folder).parent.parent.glob("outside*"))
