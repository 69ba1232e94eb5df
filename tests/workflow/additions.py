"""Additions to the project, each as the edits of files that it takes."""

PACKAGE = "workflow/rupture_repair"
ENTRY = """DETECTION = {
    "first_ruptures": Table(
        step="detect_ruptures",
        rows="session in which somebody had the first rupture",
        columns={
            "session": Column("Session"),
            "n": Column("Patients with their first rupture here", PATIENTS),
            "percent": Column("Their share", "% of patients with a rupture"),
        },
        masking=Parts("n", also=("percent",)),
        place="supplement",
        caption="First ruptures by session",
    ),"""
MAKER = '''

def first_ruptures(patterns: pd.DataFrame) -> pd.DataFrame:
    """Return `session, n, percent` of the patients with a rupture."""
    n = patterns["first_rupture"].dropna().astype(int).value_counts().sort_index()
    share = 100 * n.to_numpy() / max(int(n.sum()), 1)
    return pd.DataFrame({"session": n.index, "n": n.to_numpy(), "percent": share})
'''
FIGURE = '''"""Patients by rupture pattern, as points."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.style import Drawing, finish, new_figure
from rupture_repair.words.templates import Claim

TABLES = ("pattern_breakdown",)


@dataclass(frozen=True)
class Share:
    """The percent of the patients with a pattern."""

    pattern: str
    percent: float


@dataclass(frozen=True)
class Texts(Claim, at="figures/pattern_points", blocks=("caption", "alt")):
    """The shares of the patterns."""

    shares: tuple[Share, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `pattern_breakdown`."""
    shares = tables["pattern_breakdown"].dropna(subset=["percent"])
    figure = new_figure(60)
    figure.subplots().plot(shares["pattern"], shares["percent"], "o")
    finish(figure, settings)
    texts = Texts(tuple(Share(row.pattern, row.percent) for row in shares.itertuples()))
    return Drawing(figure, texts.text("caption"), texts.text("alt"))
'''
TEXTS = """{% block caption %}
  Patients by rupture pattern, as points.
{% endblock %}

{% block alt %}
  Points: share of the classified patients by pattern:
  {% for share in shares %}
    {{ loop | between(", ") }}{{ share.pattern }} {{ share.percent | number(1) }}%
  {% endfor %}.
{% endblock %}
"""
CRITERION = """
pooled_three_halves:
  assumed: All of it.
  k: 1.5
"""
INSTRUMENT = """
TEN:
  title: Ten Questions
  short: TEN
  measures: symptoms
  minimum: 0
  maximum: 40
  higher_is: worse
  reliability: 0.9
  source: a manual
"""
# an addition → file → edits: (what stands there, what is put in its place); None: at the end
ADDITIONS = {
    "table": {
        f"{PACKAGE}/config/catalogue/detection.py": [
            ("    By,\n", "    By,\n    Parts,\n"),
            ("DETECTION = {", ENTRY),
        ],
        f"{PACKAGE}/detection/breakdown.py": [
            (
                '        "detection": detection_summary(found),\n',
                '        "detection": detection_summary(found),\n'
                '        "first_ruptures": first_ruptures(found.patterns),\n',
            ),
            (None, MAKER),
        ],
    },
    "figure": {
        f"{PACKAGE}/figures/pattern_points.py": [(None, FIGURE)],
        "reports/words/en/figures/pattern_points.jinja": [(None, TEXTS)],
    },
    "criterion": {"config/criteria.yaml": [(None, CRITERION)]},
    "instrument": {"config/instruments.yaml": [(None, INSTRUMENT)]},
    "scale": {
        f"{PACKAGE}/config/criteria.py": [
            ('    "absolute",\n]', '    "absolute",\n    "half_point",\n]'),
            (
                '    "absolute": "one scale point",\n',
                '    "absolute": "one scale point",\n    "half_point": "half a scale point",\n',
            ),
        ],
        f"{PACKAGE}/detection/scales.py": [
            (
                '        case "absolute":',
                '        case "half_point":\n            value = 0.5\n        case "absolute":',
            ),
        ],
    },
    "model": {
        f"{PACKAGE}/modelling/formulas.py": [
            (
                '    "M3": "symptoms ~ time * pattern * iip_z * length_c",\n',
                '    "M3": "symptoms ~ time * pattern * iip_z * length_c",\n'
                '    "M4": "symptoms ~ time * pattern * iip_z * length_c + I(time ** 2)",\n',
            ),
        ],
    },
}
MAX_FILES = {"table": 2, "figure": 2, "criterion": 1, "instrument": 1, "scale": 2, "model": 2}


def add(project, name):
    """Make an addition in a copy of the project."""
    for file, edits in ADDITIONS[name].items():
        for old, new in edits:
            if old is None and not (project.folder / file).exists():
                (project.folder / file).write_text(new, encoding="utf-8")
            else:
                project.edit(file, old, new)
