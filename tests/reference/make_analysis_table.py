"""Draw the small analysis table that the reference fits use; run from the repository root.

    PYTHONPATH=workflow python tests/reference/make_analysis_table.py

The cohort is smaller than the published one and has larger therapist and slope variances, so that
no variance component lies on its boundary and all software has the same, interior optimum.
Numbers are rounded before they are written: every program then reads the same digits.
"""

from pathlib import Path

import pandas as pd
import yaml
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier, detect
from rupture_repair.modelling.design import analysis_table

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config"
COLUMNS = ["therapist_id", "patient_id", "session", "symptoms", "time", "pattern", "iip"]
COLUMNS += ["iip_z", "length", "length_c"]


def make_table() -> pd.DataFrame:
    """Return the analysis table of a synthetic cohort of 150 patients and 15 therapists."""
    cohort = yaml.safe_load((CONFIG / "cohorts/igra2025.yaml").read_text(encoding="utf-8"))
    library = yaml.safe_load((CONFIG / "instruments.yaml").read_text(encoding="utf-8"))
    tools = {role: Instrument(**library[key]) for role, key in cohort["instruments"].items()}
    planted = cohort["synthetic"] | {"seed": 150}
    planted["symptoms"] |= {"therapist_share": 0.15, "slope_sd": 2.0}
    targets = Targets(150, 15, 9.8, 6.0, 3, 40, {"none": 75, "unrepaired": 45, "repaired": 30})
    criterion = Criterion()
    found = simulate(Synthetic(**planted), targets, tools, classifier(criterion))
    patterns = detect(found.sessions, criterion).patterns
    table = analysis_table(found.patients, found.sessions, patterns)[COLUMNS]
    return table.round({"time": 6, "iip_z": 6, "length_c": 6})


if __name__ == "__main__":
    make_table().to_csv(HERE / "analysis_table.csv", index=False, lineterminator="\n")
