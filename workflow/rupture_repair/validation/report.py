"""The validation report: what was found, where, and how to mend it."""

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape

from rupture_repair.config.errors import told
from rupture_repair.validation.problems import SEVERITIES, Problem

MEANING = {
    "blocking": "must be mended: nothing is computed until then",
    "warning": "the analysis goes on, with the consequence named",
    "note": "good to know",
}
MOST_PER_SEVERITY = 500


def render_report(
    title: str, synthetic: bool, problems: list[Problem], counts: dict[str, int]
) -> str:
    """Return the report as one self-contained HTML page (text is escaped)."""
    environment = Environment(
        loader=PackageLoader("rupture_repair.validation", "."), autoescape=select_autoescape()
    )
    groups = []
    for severity in SEVERITIES:
        rows = [problem for problem in problems if problem.severity == severity]
        kinds = pd.Series([told(problem.message) for problem in rows], dtype=str).value_counts()
        groups.append(
            {
                "severity": severity,
                "meaning": MEANING[severity],
                "rows": [problem.shortened() for problem in rows[:MOST_PER_SEVERITY]],
                "more": max(len(rows) - MOST_PER_SEVERITY, 0),
                "count": len(rows),
                "kinds": list(kinds.items())[:20],
            }
        )
    return environment.get_template("report.html").render(
        title=told(title), synthetic=synthetic, groups=groups, counts=counts
    )
