"""What the cohort file calls the categories of patients, in place of what the file holds."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.wording import Labels
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem


def labelled(patients: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Return patients with their categories under the given labels; others stay as they are.

    Categories with the same label are one from here on: in Table 1, in what is masked because it
    counts few patients, and as covariates.
    """
    named = {column: given for column, given in labels if column in patients}
    return patients.assign(**{name: patients[name].replace(given) for name, given in named.items()})


def label_notes(
    patients: pd.DataFrame, labels: Labels, raw_names: Mapping[str, str | None], file: str
) -> list[Problem]:
    """Return what is to be known of labels: categories that become one, and that are not there.

    patients : under tidy names, before they are labelled; raw_names : tidy → name in the file.
    """
    notes = []
    for column, given in labels:
        if column not in patients:
            message = f"`labels.{column}` is not used: no column holds the {column}"
            remedy = f"Name the column as `columns.patients.{column}`, or remove the labels."
            notes.append(Problem("note", file, message, remedy, why=reasons.LABELS))
            continue
        found = sorted(map(str, patients[column].dropna().unique()))
        name = raw_names.get(column) or column
        for label, categories in _merged(found, given).items():
            message = f"{name}: {_listed(categories)} are one category, `{label}`"
            remedy = "Nothing to mend if they are meant to be one; else give them two labels."
            notes.append(Problem("note", file, message, remedy, column=name, why=reasons.LABELS))
        for absent in sorted(set(given) - set(found)):
            message = f"{name}: no patient has `{absent}`, to which `labels.{column}` gives a label"
            remedy = f"Nothing to mend if none should have it; {did_you_mean(absent, found)}"
            notes.append(Problem("note", file, message, remedy, column=name, why=reasons.LABELS))
    return notes


def _merged(found: list[str], given: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the labels that several categories of the file have, with these."""
    categories: dict[str, list[str]] = {}
    for category in found:
        categories.setdefault(given.get(category, category), []).append(category)
    return {label: several for label, several in categories.items() if len(several) > 1}


def _listed(categories: list[str]) -> str:
    *front, last = [f"`{category}`" for category in categories]
    return f"{', '.join(front)} and {last}"
