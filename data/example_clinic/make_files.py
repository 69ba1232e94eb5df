"""Make the raw files of the example clinic: synthetic patients in the disorder of real exports.

    python data/example_clinic/make_files.py

Two folders are written: `as_received` has what a clinic would hand over, with mistakes that must be
mended before anything can be analysed; this folder has the same files mended. The same seed gives
the same bytes. What is planted in which file stands in README.md.
"""

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import yaml
from numpy.typing import NDArray
from rupture_repair.cohort.synthetic import SyntheticCohort, Targets, simulate
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEED = 4711
TARGETS = Targets(84, 9, 8.0, 4.4, 3, 20, {"none": 44, "unrepaired": 22, "repaired": 18})
INSTRUMENTS = {"alliance": "WAI-SR", "symptoms": "OQ-45", "iip": "IIP-64"}
# the processes of the shipped study cohort in the points of these questionnaires; all assumed
POINTS = {
    "alliance": {"mean": 3.4, "sd": 0.7, "rise": 0.07, "patient_share": 0.65},
    "iip": {"r_alliance": -0.25},
    "demographics": {
        "age_mean": 37, "gender": {"female": 0.64, "male": 0.35, "other": 0.01},
        "orientation": ["cognitive-behavioural", "psychodynamic", "integrative"],
    },
    "symptoms": {
        "mean": 78, "sd": 22, "residual_sd": 9, "slope": -7, "slope_sd": 3.5, "slope_iip": 0.5,
        "slope_unrepaired": 3, "slope_repaired": -1, "slope_unrepaired_iip": 0.3,
        "slope_repaired_iip": -3, "slope_repaired_iip_length": -3,
    },
    "length": {"shift": 2, "mu": 1.6, "sigma": 0.7},
}  # fmt: skip
N_ITEMS = 12
ANSWERS = {1: "seldom", 2: "sometimes", 3: "fairly often", 4: "very often", 5: "always", 9: "k. A."}
SEX = {"female": "w", "male": "m", "other": "d"}
GERMAN = {
    "other": "andere", "depressive": "Depression", "anxiety": "Angststörung",
    "personality": "Persönlichkeitsstörung",
    "eating": "Essstörung", "cognitive-behavioural": "verhaltenstherapeutisch",
    "psychodynamic": "tiefenpsychologisch", "integrative": "integrativ",
}  # fmt: skip
PATIENT_COLUMNS = {
    "patient_id": "PatientID", "therapist_id": "Behandler", "iip": "IIP64", "age": "Alter",
    "gender": "Geschlecht", "diagnosis": "Störung", "orientation": "Ausrichtung",
}  # fmt: skip


def make(folder: Path = HERE) -> None:
    """Write the mended files into `folder`, the files as received into a folder in it."""
    cohort = _cohort()
    rng = np.random.default_rng(SEED)
    patients, sessions = _renamed(cohort)
    patients, sessions = _with_everyday_disorder(rng, patients, sessions)
    items = _answers(rng, sessions["alliance"].to_numpy())
    wide = _wide(rng, sessions, items)
    received = folder / "as_received"
    received.mkdir(exist_ok=True)
    _write_patients(patients, folder / "patients.csv")
    _write_sessions(wide, folder / "sessions.sav")
    _write_patients(_with_mistakes(patients), received / "patients.csv")
    _write_sessions(_with_impossible_answers(wide), received / "sessions.sav")


def _cohort() -> SyntheticCohort:
    """Return the study cohort's process, scaled to these questionnaires."""
    study = yaml.safe_load((ROOT / "config/cohorts/igra2025.yaml").read_text(encoding="utf-8"))
    library = yaml.safe_load((ROOT / "config/instruments.yaml").read_text(encoding="utf-8"))
    spec = study["synthetic"] | {"seed": SEED}
    for section, values in POINTS.items():
        spec[section] = spec[section] | values
    tools = {role: Instrument(**library[key]) for role, key in INSTRUMENTS.items()}
    return simulate(Synthetic(**spec), TARGETS, tools, classifier(Criterion(k=2)))


def _renamed(cohort: SyntheticCohort) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with the clinic's pseudonyms, sorted by them."""
    number = cohort.patients["patient_id"].str[1:].astype(int)
    names = dict(zip(cohort.patients["patient_id"], number.map("K{:03d}".format), strict=True))
    patients = cohort.patients.assign(
        gender=cohort.patients["gender"].map(SEX),
        diagnosis=cohort.patients["diagnosis"].map(GERMAN),
        orientation=cohort.patients["orientation"].map(GERMAN),
        patient_id=cohort.patients["patient_id"].map(names),
        therapist_id=cohort.patients["therapist_id"].str.replace("T", "Th-"),
    )
    sessions = cohort.sessions.assign(patient_id=cohort.sessions["patient_id"].map(names))
    key = ["patient_id", "session"]
    return (
        patients.sort_values("patient_id", ignore_index=True),
        sessions.sort_values(key, ignore_index=True),
    )


def _with_everyday_disorder(
    rng: np.random.Generator, patients: pd.DataFrame, sessions: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Plant what every clinic has: gaps, early endings, blanks, one and the same answer."""
    names = patients["patient_id"].to_numpy()
    absent, short = names[[40]], names[[5, 21, 60]]
    length = sessions.groupby("patient_id")["session"].max().drop([*absent, *short])
    long = rng.permutation(length[length >= 7].index.to_numpy())
    gaps, constant = long[:6], long[6:8]
    sessions = sessions[~sessions["patient_id"].isin(absent)]
    early = sessions["patient_id"].isin(short) & (sessions["session"] > 2)
    skipped = sessions["patient_id"].isin(gaps) & sessions["session"].isin([4, 5])
    sessions = sessions[~early & ~skipped].reset_index(drop=True)
    same = sessions["patient_id"].isin(constant) & sessions["alliance"].notna()
    sessions["alliance"] = sessions["alliance"].mask(same, 4.0)
    patients = patients.assign(
        iip=patients["iip"].mask(patients["patient_id"].isin(names[[12, 33]])),
        therapist_id=patients["therapist_id"].mask(patients["patient_id"] == names[50]),
        age=patients["age"].astype("Int64").mask(patients["patient_id"].isin(names[[7, 8, 70]])),
    )
    start = datetime.date(2022, 1, 10)
    first = pd.Series(rng.integers(0, 500, len(names)), index=names)
    days = 7 * (sessions["session"] - 1) + sessions["patient_id"].map(first)
    days += rng.integers(0, 3, len(sessions))
    # one long pause, and one date typed with the year before
    days += 120 * ((sessions["patient_id"] == long[8]) & (sessions["session"] > 3))
    days -= 365 * ((sessions["patient_id"] == long[9]) & (sessions["session"] == 2))
    dates = [start + datetime.timedelta(days=int(day)) for day in days]
    return patients, sessions.assign(date=dates)


def _answers(rng: np.random.Generator, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 12 answers from 1 to 5 per score whose mean it is; a few are not given (9)."""
    answers = np.full((len(scores), N_ITEMS), np.nan)
    for row, score in enumerate(scores):
        if np.isnan(score):
            continue
        total = round(score * N_ITEMS)
        given = np.full(N_ITEMS, total // N_ITEMS)
        given[: total % N_ITEMS] += 1
        for _ in range(6):  # move single points from one item to another
            giving, taking = rng.choice(N_ITEMS, 2, replace=False)
            if given[giving] > 1 and given[taking] < 5:
                given[giving] -= 1
                given[taking] += 1
        answers[row] = rng.permutation(given)
    # one answer left out here and there, and a handful of half-filled pages
    answers[(rng.random(answers.shape) < 0.006) & ~np.isnan(answers)] = 9
    for row in rng.choice(np.flatnonzero(~np.isnan(scores)), 5, replace=False):
        answers[row, 6:] = 9
    return answers


def _wide(
    rng: np.random.Generator, sessions: pd.DataFrame, answers: NDArray[np.float64]
) -> pd.DataFrame:
    """Return a row per patient, as SPSS users keep repeated measures."""
    names = sessions["patient_id"].unique()
    wide = {"PatientID": pd.Series(names, index=names)}
    for session in range(1, int(sessions["session"].max()) + 1):
        rows = sessions["session"] == session
        who = sessions.loc[rows, "patient_id"]
        for item in range(N_ITEMS):
            values = pd.Series(answers[rows.to_numpy(), item], index=who)
            wide[f"WAI{item + 1}_S{session}"] = values.reindex(names)
        total = sessions.loc[rows, "symptoms"].set_axis(who)
        # a sheet that was handed out and not returned: typed as 999, and not declared to SPSS
        unknown = total.isna() & (rng.random(len(total)) < 0.5)
        wide[f"OQ45_S{session}"] = total.mask(unknown, 999.0).reindex(names)
        wide[f"Datum_S{session}"] = sessions.loc[rows, "date"].set_axis(who).reindex(names)
    return pd.DataFrame(wide).reset_index(drop=True)


def _with_mistakes(patients: pd.DataFrame) -> pd.DataFrame:
    """Return the patient file as received: three rows that must be mended."""
    wrong = patients.copy()
    wrong.loc[18, "age"] = 345
    wrong.loc[26, "patient_id"] = wrong.loc[26, "patient_id"].replace("K0", "KO")
    return pd.concat([wrong.loc[:47], wrong.loc[[47]], wrong.loc[48:]], ignore_index=True)


def _with_impossible_answers(wide: pd.DataFrame) -> pd.DataFrame:
    """Return the session file as received: two values that the questionnaires do not have."""
    wrong = wide.copy()
    wrong.loc[9, "WAI3_S2"] = 7
    wrong.loc[30, "OQ45_S1"] = 190
    return wrong


def _write_patients(patients: pd.DataFrame, file: Path) -> None:
    """Write semicolons, decimal commas and umlauts as a German Excel does."""
    table = patients[list(PATIENT_COLUMNS)].rename(columns=PATIENT_COLUMNS)
    content = table.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    file.write_bytes(content.encode("windows-1252"))


def _write_sessions(wide: pd.DataFrame, file: Path) -> None:
    """Write SPSS with labels and user-missing values; the date of writing is taken out."""
    items = [name for name in wide if name.startswith("WAI")]
    labels = {name: "WAI-SR, item {}, session {}".format(*name[3:].split("_S")) for name in items}
    pyreadstat.write_sav(
        wide,
        str(file),
        file_label="Synthetic example, no real patients",
        column_labels=labels,
        variable_value_labels=dict.fromkeys(items, ANSWERS),
        missing_ranges={name: [9] for name in items},
        row_compress=True,
    )
    content = bytearray(file.read_bytes())
    content[92:109] = b"01 Jan 2400:00:00"  # where the format keeps date and time of creation
    file.write_bytes(content)


if __name__ == "__main__":
    make()
