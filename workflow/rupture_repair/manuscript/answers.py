"""The numbers that most readers look for, each as the answer to a question in words."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd

from rupture_repair.cohort.wilson import wilson
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.disclosure.rounding import rounded
from rupture_repair.manuscript.answer_words import (
    Contrast,
    CourseQuestion,
    Method,
    ModerationQuestion,
    NotEstimated,
    Reliable,
    ShareQuestion,
    SizeQuestion,
    fixed,
)

LIMITS = ("estimate", "ci_low", "ci_high")
CONTRASTS: tuple[Contrast, ...] = ("unrepaired - none", "repaired - none", "repaired - unrepaired")
MODERATED = "repaired - none"
MODERATION = "time:pattern[repaired]:iip_z"
BY_LENGTH = f"{MODERATION}:length_c"
# length enters as a natural logarithm: this is twice the length
DOUBLED = float(np.log(2))
Tables = Mapping[str, pd.DataFrame]
Answer = dict[str, Any]


def answer_tables(tables: Tables, private: bool) -> dict[str, pd.DataFrame]:
    """Return the table of the step by name, see `answers`; of a `private` cohort rounded."""
    table = answers(tables)
    return {"answers": rounded(table, TABLES["answers"]) if private else table}


def answers(tables: Tables) -> pd.DataFrame:
    """Return a row per question, with the columns of the catalogue.

    tables : those of `config.catalogue.answers.ANSWERED`, as they may be shared: what is masked
    there is missing here, and `note` says so. Differences of slopes are given as points of change
    up to the session that effect sizes are counted to, not per unit of the models' time. Where
    something was not estimated, `note` says why.
    """
    rows = [
        *_sample(tables["model_comparison"]),
        *_shares(tables["pattern_breakdown"]),
        _improved(tables["reliable_change"]),
        *_courses(tables),
        *_moderation(tables),
        *_sizes(tables),
        _therapists(tables),
    ]
    table = pd.DataFrame(rows).reindex(columns=list(TABLES["answers"].columns))
    return table.astype({"n": "Int64", "of": "Int64"})


def _sample(models: pd.DataFrame) -> Iterator[Answer]:
    last = _first(models.tail(1))
    for unit in ("patients", "therapists"):
        number = last.get(f"n_{unit}", np.nan)
        note = fixed("no_model") if last.empty else fixed("masked") if pd.isna(number) else ""
        if unit == "therapists" and number == 0:
            number, note = np.nan, fixed("no_therapists")
        yield {
            "question": fixed(unit),
            "estimate": number,
            "unit": unit,
            "table": "model_comparison",
            "note": note,
        }


def _shares(breakdown: pd.DataFrame) -> Iterator[Answer]:
    """Yield the share of each pattern, with its Wilson interval where all counts are known."""
    rows = breakdown.set_index("pattern").loc[list(PATTERNS)]
    counts = rows["n"].astype(float)
    total = float(counts.sum(skipna=False))
    for pattern in PATTERNS:
        low, high = _wilson(counts[pattern], total)
        yield {
            "question": ShareQuestion(pattern).words,
            "estimate": rows.loc[pattern, "percent"],
            "unit": "%",
            "ci_low": 100 * low,
            "ci_high": 100 * high,
            "n": counts[pattern],
            "of": total,
            "method": fixed("wilson"),
            "table": "pattern_breakdown",
            "note": fixed("masked") if pd.isna(counts[pattern]) else "",
        }


def _wilson(n: float, total: float) -> tuple[float, float]:
    if not total > 0:
        return np.nan, np.nan
    low, high = wilson(int(n), int(total), DESCRIPTIVE_LEVEL)
    return float(low), float(high)


def _improved(table: pd.DataFrame) -> Answer:
    row = table[(table["pattern"] == "all") & (table["outcome"] == "improved")].iloc[0]
    if pd.notna(row["share"]):
        note = Reliable(float(row["threshold"]), str(row["basis"])).words
    elif pd.isna(row["threshold"]):
        note = fixed("no_criterion")
    else:
        note = fixed("nobody_twice") if row["n_rated"] == 0 else fixed("masked")
    return {
        "question": fixed("improved"),
        **{to: 100 * row[of] for to, of in zip(LIMITS, ("share", "low", "high"), strict=True)},
        "unit": "%",
        "n": row["n"],
        "of": row["n_rated"],
        "method": fixed("wilson"),
        "table": "reliable_change",
        "note": note,
    }


def _courses(tables: Tables) -> Iterator[Answer]:
    """Yield the course of symptoms, and how it differs between patterns."""
    until = _until(tables)
    effects, contrasts = tables["fixed_effects"], tables["contrasts"]
    row = _first(effects[(effects["model"] == "M0") & (effects["term"] == "time")])
    question = CourseQuestion(until, None).words
    yield _tested(tables, "M0", "time", row) | {"question": question, "table": "fixed_effects"}
    for contrast in CONTRASTS:
        row = _first(contrasts[(contrasts["model"] == "M1") & (contrasts["contrast"] == contrast)])
        question = CourseQuestion(until, contrast).words
        yield _tested(tables, "M1", contrast, row) | {"question": question, "table": "contrasts"}


def _moderation(tables: Tables) -> Iterator[Answer]:
    """Yield how the difference between repaired ruptures and none depends on problems (M3)."""
    until = _until(tables)
    terms: tuple[tuple[str, float, Literal["average", "doubled"]], ...] = (
        (MODERATION, 1.0, "average"),
        (BY_LENGTH, DOUBLED, "doubled"),
    )
    robust, moderated = tables["robustness"], tables["moderation"]
    robust = robust[(robust["model"] == "M3") & (robust["method"] == "cr2")]
    robust = robust.rename(columns={"unit": "clusters"})
    for term, factor, where in terms:
        row = _first(robust[robust["term"] == term])
        answer = _tested(tables, "M3", term, row, factor)
        question = ModerationQuestion(until, where, float("nan")).words
        yield answer | {"question": question, "table": "robustness"}
    own = moderated[(moderated["model"] == "M3") & (moderated["contrast"] == MODERATED)]
    for length in own["length"].dropna():
        question = ModerationQuestion(until, "at length", float(length)).words
        answer = _tested(tables, "M3", MODERATED, _first(own[own["length"] == length]))
        yield answer | {"question": question, "table": "moderation"}


def _sizes(tables: Tables) -> Iterator[Answer]:
    """Yield the moderation at each length as an effect size."""
    sizes = tables["effect_sizes"]
    sizes = sizes[(sizes["model"] == "M3") & (sizes["kind"] == "moderation")]
    for size in sizes[sizes["what"] == MODERATED].dropna(subset=["length"]).to_dict("records"):
        known = pd.notna(size["d"])
        yield {
            "question": SizeQuestion(float(size["length"])).words,
            **{to: size[of] for to, of in zip(LIMITS, ("d", "d_low", "d_high"), strict=True)},
            "unit": fixed("sds"),
            "n": size["n_patients"],
            "model": "M3",
            "method": fixed("standardised") if known else "",
            "table": "effect_sizes",
            "note": "" if known else _why(tables, "M3", MODERATED),
        }


def _therapists(tables: Tables) -> Answer:
    table = tables["variance_components"]
    row = _first(table[(table["model"] == "M0") & (table["component"] == "therapist")])
    return {
        "question": fixed("variance"),
        "estimate": 100 * row.get("share_at_start", np.nan),
        "unit": "%",
        "n": _analysed(tables, "M0"),
        "model": "M0",
        "method": "" if row.empty else fixed("reml"),
        "table": "variance_components",
        "note": _why(tables, "M0", "therapist") if row.empty else "",
    }


def _tested(
    tables: Tables, model: str, what: str, row: pd.Series, factor: float = 1.0
) -> dict[str, Any]:
    """Return the answer that a tested slope gives, as points of change times `factor`.

    what : its term or contrast, for the reason when the row has no estimate.
    """
    sizes = tables["effect_sizes"]
    scale = factor * _first(sizes).get("time_units", np.nan)
    known = pd.notna(row.get("estimate"))
    clusters = str(row["clusters"]) if pd.notna(row.get("clusters")) else None
    return {
        **{name: row.get(name, np.nan) * scale for name in LIMITS},
        "unit": fixed("points"),
        "p": row.get("p", np.nan),
        "n": _analysed(tables, model),
        "model": model,
        "method": Method(clusters).words if known else "",
        "df": row.get("df", np.nan),
        "note": "" if known else _why(tables, model, what),
    }


def _until(tables: Tables) -> int | None:
    """Return the session that change is counted to, from the first."""
    sizes = tables["effect_sizes"]
    return None if sizes.empty else int(sizes["duration"].iloc[0])


def _analysed(tables: Tables, model: str) -> float:
    """Return the number of patients in a model; missing where it is masked."""
    table = tables["model_comparison"]
    return float(_first(table[table["model"] == model]).get("n_patients", np.nan))


def _why(tables: Tables, model: str, what: str) -> str:
    """Return why a term or contrast was not estimated."""
    reasons = tables["not_estimated"]
    own = reasons[reasons["model"] == model]
    own = own[own["term"].isna() | (own["term"] == what)]
    return NotEstimated(str(own["why"].iloc[0]) if len(own) else "").words


def _first(rows: pd.DataFrame) -> pd.Series:
    """Return the first row; an empty one where there is none."""
    return rows.iloc[0] if len(rows) else pd.Series(dtype=object)
