"""The validation report: what was found, where, and how to mend it."""

from jinja2 import Environment, PackageLoader, select_autoescape

from rupture_repair.config.errors import one_line
from rupture_repair.validation.problems import MAX_EXAMPLES, SEVERITIES, Problem, by_cause

MEANING = {
    "blocking": "must be mended: nothing is computed until then",
    "warning": "the analysis goes on, with the consequence named",
    "note": "good to know",
}
MAX_CAUSES = 100  # of one severity


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
        causes = by_cause(rows)
        groups.append(
            {
                "severity": severity,
                "meaning": MEANING[severity],
                "causes": [
                    (
                        [problem.shortened() for problem in cause[:MAX_EXAMPLES]],
                        max(len(cause) - MAX_EXAMPLES, 0),
                    )
                    for cause in causes[:MAX_CAUSES]
                ],
                "more": sum(map(len, causes[MAX_CAUSES:])),
                "count": len(rows),
            }
        )
    return environment.get_template("report.html").render(
        title=one_line(title), synthetic=synthetic, groups=groups, counts=counts
    )
