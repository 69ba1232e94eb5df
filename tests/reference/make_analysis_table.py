"""Make the two analysis tables that the reference fits use; run from the repository root.

    PYTHONPATH=workflow python tests/reference/make_analysis_table.py

`shipped_table.csv.gz` is that of the shipped cohort, from the results of a run. The cohort of
`analysis_table.csv` is smaller than the published one and has larger therapist and slope
variances, so that no variance component lies on its boundary and all software has the same,
interior optimum.
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
RESULTS = HERE.parents[1] / "results/igra2025"
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
    return _rounded(analysis_table(found.patients, found.sessions, patterns))


def shipped_table() -> pd.DataFrame:
    """Return the analysis table of the shipped cohort; `results/igra2025` must have been made."""
    files = ("data/patients", "data/sessions", "ruptures/patterns")
    return _rounded(
        analysis_table(*(pd.read_parquet(RESULTS / f"{file}.parquet") for file in files))
    )


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    return table[COLUMNS].round({"time": 6, "iip_z": 6, "length_c": 6})


if __name__ == "__main__":
    make_table().to_csv(HERE / "analysis_table.csv", index=False, lineterminator="\n")
    shipped_table().to_csv(
        HERE / "shipped_table.csv.gz",
        index=False,
        lineterminator="\n",
        compression={"method": "gzip", "mtime": 0},
    )
