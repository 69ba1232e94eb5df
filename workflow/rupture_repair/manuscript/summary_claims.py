"""Sentences of the plain-language summary, the highlights for practice and the claims table."""

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.detection_claims import CHANCE_LEVEL, JUDGED, NULLS, WORDS, side
from rupture_repair.manuscript.findings import (
    Finding,
    at_end,
    crossed,
    ends,
    findings,
    moderation_row,
    more,
    where,
)
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import change, shown

INFERENCE = "Tests are cluster-robust (CR2; Satterthwaite *df*)."
# what patients had by whose ruptures must be repaired: unrepaired, repaired
PLAIN = {
    "all": ("had a drop without such a return", "had such a return after every drop"),
    "any": ("had a drop, but no such return", "had such a return after at least one drop"),
    "first": (
        "had a drop, but no such return after the first one",
        "had such a return after the first drop",
    ),
    "last": (
        "had a drop, but no such return after the last one",
        "had such a return after the last drop",
    ),
}


def summary_claims(results: Results) -> dict[str, str]:
    """Return the conditional sentences by key."""
    return {
        "plain_return": _plain_return(results),
        "plain_patterns": _plain_patterns(results),
        "plain": _plain(results),
        "plain_length": _plain_length(results),
        "noise": _noise(results),
        "practice": _practice(results),
        "practice_noise": _practice_noise(results),
        "recovered": _recovered(results),
        "answers": _answers(results),
    }


def claims_table(results: Results) -> str:
    """Return each claim with what it rests on and the verdict."""
    found = [*findings(results).values(), *_against_chance(results)]
    rows = [
        [finding.question, finding.sentence + ".", finding.statistic or "–", finding.verdict]
        for finding in found
    ]
    note = (
        f"A difference counts as shown when *p* < {apa.proportion(ALPHA)}; its sign then decides "
        "between more and less. Stronger or weaker in longer treatments: the change with length is "
        "shown, and so is the larger of the moderations at the shortest and at the longest of the "
        f"stated lengths. {INFERENCE} Against chance, a share differs when the "
        f"range of {CHANCE_LEVEL} of the replicates excludes it. With other data each sentence "
        "changes by these rules alone. Shown are associations."
    )
    heading = ["Question", "Sentence", "Statistic", "Verdict"]
    return table("tbl-claims", "What is claimed, and on what", heading, rows, note, left=4)


def _against_chance(results: Results) -> list[Finding]:
    rows = _chance_rows(results)
    found = []
    for pattern in ("none", "repaired"):
        if pattern in results.hidden or (JUDGED, pattern) not in rows.index:
            continue
        row = rows.loc[(JUDGED, pattern)]
        question = f"Is “{WORDS[pattern]}” more frequent than {NULLS[JUDGED]} gives?"
        if pd.isna(row["observed_percent"]):
            found.append(Finding(question, "Nothing could be compared", "", "not estimated"))
            continue
        words = {"more": "more", "fewer": "less"}.get(side(row))
        sentence = f"The pattern was {words} frequent" if words else "The share did not differ"
        told = (
            f"observed {apa.number(row['observed_percent'], 1)}%, expected "
            f"{apa.number(row['expected_percent'], 1)}% "
            f"{apa.interval(row['low'], row['high'], 1)}"
        )
        verdict = f"shown: {words}" if words else "not shown"
        found.append(Finding(question, sentence, told, verdict))
    return found


def _chance_rows(results: Results, length: str = "all") -> pd.DataFrame:
    rows = results.tables["chance"]
    return rows[rows["length"] == length].set_index(["kind", "pattern"])


def _with_rupture_by_chance(results: Results, kind: str) -> float:
    """Share of patients in percent whom a null gives a rupture; may be missing."""
    rows = _chance_rows(results)
    if (kind, "none") not in rows.index:
        return float("nan")
    return float(100 - rows.loc[(kind, "none"), "expected_percent"])


def _noise(results: Results) -> str:
    modelled, ordered = (_with_rupture_by_chance(results, k) for k in ("simulated", "permuted"))
    if pd.isna(modelled) or pd.isna(ordered):
        return "What chance alone would give could not be computed"
    return (
        "A model without ruptures, fitted to the same ratings, would still give "
        f"{apa.number(modelled, 1)}% of the patients a rupture by this criterion (ratings in "
        f"random order: {apa.number(ordered, 1)}%)"
    )


def _plain_return(results: Results) -> str:
    """Say in plain words what counts as a repair."""
    criterion = results.settings.criterion
    window, left = criterion.repair_window, criterion.repair_tolerance
    when = "later" if window is None else f"within {apa.plural(window, 'session')}"
    whither = (
        "to its earlier level" if left == 0 else f"by at least {100 - 100 * left:g}% of the drop"
    )
    return f"returned {when} {whither}"


def _plain_patterns(results: Results) -> str:
    """Tell the shares of patterns in plain words; those that must not be told are left out."""
    shares = results.tables["pattern_breakdown"].set_index("pattern")["percent"]
    words = PLAIN[results.settings.criterion.aggregate]
    parts = []
    for pattern, had in zip(PATTERNS, ("had no such drop", *words), strict=True):
        if pattern in results.hidden or pd.isna(shares[pattern]):
            continue
        if shares[pattern] > 0:
            parts.append(f"{apa.number(shares[pattern], 1)}% {had}")
        else:
            parts.append("everybody had such a drop" if pattern == "none" else f"nobody {had}")
    if not parts:
        return "How many patients had such drops cannot be told here."
    judged = "those with enough ratings to tell" if "unclassifiable" in shares else "these patients"
    return f"Of {judged}, {'; '.join(parts)}."


def _plain(results: Results) -> str:
    row = moderation_row(results)
    if row is None:
        return (
            "Whether a drop and its return are associated with another course in patients who "
            "have many problems with other people could not be told from these data."
        )
    place = " In treatments of average length, " if where(results) else " "
    if not shown(row):
        return _sentence(
            f"{place}the data do not show that a drop and its return are associated with another "
            "course in patients who have many problems with other people than in those who have "
            "few."
        )
    turned = crossed(results)
    few = (
        f" In patients with few such problems, such a drop was associated with {turned} than no "
        "drop."
    )
    return _sentence(
        f"{place}the more problems with other people patients had at the start, the "
        f"{more(results, row)} they improved when a drop was followed by a return, compared with "
        f"patients without a drop.{few if turned else ''}"
    )


def _sentence(words: str) -> str:
    words = words.strip()
    return words[0].upper() + words[1:]


def _plain_length(results: Results) -> str:
    found, row = change(results.tables["headline"]), moderation_row(results)
    if found in {"not estimated", "not shown"}:
        return "Whether this differs between short and long treatments remains open."
    if found == "unclear":
        return "This changed with the length of treatment, but it is not clear how."
    short, long = ends(results)
    if found == "reversed":
        return (
            f"In treatments of {long['length']:g} sessions, patients with more such problems "
            f"improved {more(results, long)} after a drop and its return; in treatments of "
            f"{short['length']:g} sessions, {more(results, short)}."
        )
    larger = long if found == "stronger" else short
    if shown(row) and (row["estimate"] > 0) == (larger["estimate"] > 0):
        size = "larger" if found == "stronger" else "smaller"
        return f"The difference was {size} in longer treatments."
    return (
        f"In treatments of {larger['length']:g} sessions, though, the more such problems patients "
        f"had, the {more(results, larger)} they improved after a drop and its return, compared "
        "with patients without a drop."
    )


def _practice(results: Results) -> str:
    row = moderation_row(results)
    if not shown(row):
        place = _sentence(f"{where(results)}, ") if where(results) else ""
        words = (
            "these data give no ground for treating drops of the alliance differently according "
            "to a patient's interpersonal problems."
        )
        if change(results.tables["headline"]) in {"stronger", "weaker", "reversed"}:
            words += " What was found at other lengths would have to be found again first."
        return _sentence(f"{place} {words}")
    many = at_end(results, max)
    clear = shown(many)
    how = more(results, many if clear else row)
    unknown = (
        "Whether working on the drop brings that about is not known from this analysis."
        if how == "more"
        else "Why that is so is not known from this analysis."
    )
    if not clear:
        return (
            f"The more interpersonal problems patients had, the {how} improvement was associated "
            "with a drop that was followed by a return; in those with many, the difference from "
            f"no drop is not clear. {unknown}"
        )
    return (
        "In patients with many interpersonal problems, a drop that was followed by a return was "
        f"associated with {how} improvement than no drop. {unknown}"
    )


def _practice_noise(results: Results) -> str:
    modelled, ordered = (_with_rupture_by_chance(results, k) for k in ("simulated", "permuted"))
    if pd.isna(modelled) or pd.isna(ordered):
        return "How often chance alone looks like a rupture could not be computed here."
    return (
        "A detected drop is a reason to ask, not a finding: a model without ruptures gives about "
        f"{apa.number(modelled, 0)} in 100 patients one, and the same ratings in random order give "
        f"one to about {apa.number(ordered, 0)}."
    )


def _recovered(results: Results) -> str:
    table_ = results.tables["verification"]
    directions = table_[table_["kind"] == "direction"]
    if directions.empty:
        return "no published direction was compared"
    found = int(directions["verdict"].isin(["reproduced", "recovered"]).sum())
    if found == len(directions):
        return "the analysis recovered the direction of each"
    if not found:
        return "the analysis recovered the direction of none"
    return f"the analysis recovered the direction of {found} of {len(directions)}"


def _answers(results: Results) -> str:
    """Answer the three questions of the introduction in their order."""
    told = findings(results)
    first = [f"{told[pattern].sentence}." for pattern in PATTERNS if pattern in told]
    return " ".join([*first, *(f"{told[name].sentence}." for name in ("moderation", "length"))])
