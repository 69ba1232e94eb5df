"""Whether possible values are plausible together: typical patterns of slips and recodings.

Each file holds one idea. Thresholds and their false alarms: tests/validation/FALSE_ALARMS.md.
"""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.config.instruments import Instrument
from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.caseloads import caseloads
from rupture_repair.validation.plausibility.copies import copies
from rupture_repair.validation.plausibility.evidence import Evidence
from rupture_repair.validation.plausibility.insufficient_data import insufficient_data
from rupture_repair.validation.plausibility.numbering import numbering
from rupture_repair.validation.plausibility.ranges import ranges
from rupture_repair.validation.plausibility.restricted_range import restricted_range
from rupture_repair.validation.plausibility.spikes import spikes
from rupture_repair.validation.plausibility.turned_round import turned_round
from rupture_repair.validation.problems import Problem

CHECKS = (numbering, copies, spikes, turned_round, ranges, restricted_range, caseloads)


def implausible(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    files: Mapping[str, str],
    names: Mapping[str, str | None],
    instruments: Mapping[str, Instrument],
    min_sessions: int,
) -> list[Problem]:
    """Return blocking problems and warnings about typed tables in which each value is possible.

    files : by kind, `patients` and `sessions`; names : the files' columns by role; instruments :
    by role, `alliance`, `symptoms` and `iip`.
    """
    if patients.empty or sessions.empty:
        return []
    evidence = Evidence.of(patients, sessions, files, names, instruments)
    if blocking := insufficient_data(evidence, min_sessions):
        return blocking
    problems = [problem for check in CHECKS for problem in check(evidence)]
    # reversed ratings of a therapist also end low: one warning for one cause
    turned = {problem.column for problem in problems if problem.why == reasons.TURNED}
    return [p for p in problems if p.why != reasons.NARROWER or p.column not in turned]
