"""What is said of the headline moderation by other analyses, and of other questions."""

from collections.abc import Iterator

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.disclosure.suppression import MASKED
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results

DIFFERENCES = {
    "repaired - none": "repaired patterns and no rupture",
    "repaired - unrepaired": "repaired and unrepaired patterns",
}
UNREPAIRED = "unrepaired - none"
PER_SD, AVERAGE = "per SD of interpersonal problems", "at average interpersonal problems"
STEPS = {
    "alliance_to_symptoms": ("alliance", "symptoms"),
    "symptoms_to_alliance": ("symptoms", "alliance"),
}


def sensitivity(results: Results) -> str:
    """Count the analyses that agree with the headline in sign, and whose interval excludes zero."""
    return " ".join(_difference(results, effect) for effect in DIFFERENCES)


def limits(results: Results) -> str:
    """Say to which limits symptom ratings were moved by winsorising."""
    row = _rows(results, "repaired - none").loc["winsorised"]
    share = 100 * results.settings.sensitivity.winsorise
    return (
        f"the lowest and the highest {share:g}% of the symptom ratings were set to "
        f"{apa.number(row['limit_low'], 1)} and {apa.number(row['limit_high'], 1)} points"
    )


def landmark(results: Results) -> str:
    """Say what the one analysis of the moderation finds that keeps the order of time."""
    rows = _rows(results, "repaired - none")
    if "landmark" not in rows.index:
        return "No analysis of the moderation here keeps that order."
    row, headline = rows.loc["landmark"], rows.loc["headline"]
    last = results.settings.sensitivity.landmark
    only = (
        "Of the analyses of the moderation only the landmark analysis keeps that order: pattern "
        f"until session {last}, symptoms after it"
    )
    if pd.isna(row["estimate"]):
        return f"{only}. It could not be estimated: {row['reason']}."
    zero = "excludes" if row["ci_low"] > 0 or row["ci_high"] < 0 else "includes"
    where = f"its {results.interval_name} {zero} zero"
    if pd.notna(headline["estimate"]) and (row["estimate"] > 0) != (headline["estimate"] > 0):
        where = f"its sign is not that of the headline estimate, {where}"
    many = results.shown(row["n_repaired"])
    if many != MASKED:
        where = f"with {many} repaired patterns, {where}"
    return (
        f"{only}; {where} (*b* = {apa.number(row['estimate'])} "
        f"{apa.interval(row['ci_low'], row['ci_high'])}, {apa.p_statement(row['p'])}; "
        "@tbl-sensitivity)."
    )


def rupture_state(results: Results) -> str:
    """Say whether the level of symptoms in a state depends on interpersonal problems."""
    rows = results.tables["sensitivity"].query("variant == 'rupture_state'").set_index("effect")
    known = rows.dropna(subset=["estimate"])
    if known.empty:
        return f"The state could not be examined: {rows['reason'].iloc[0]}."
    than = {"repaired - none": "before any rupture", "repaired - unrepaired": "before the repair"}
    sentences = []
    for effect, row in known.loc[known.index.isin(than)].iterrows():
        how = "lower" if row["estimate"] < 0 else "higher"
        told = apa.tested(row, results.interval_name, 3)
        if row["p"] < ALPHA:
            sentences.append(
                f"The more interpersonal problems a patient had, the {how} symptoms were after "
                f"repair, in comparison with {than[str(effect)]} ({told})."
            )
        else:
            sentences.append(
                f"The difference in symptoms between after repair and {than[str(effect)]} did not "
                f"depend significantly on interpersonal problems ({told})."
            )
    return " ".join([*sentences, *_while_unrepaired(results)])


def _while_unrepaired(results: Results) -> Iterator[str]:
    """Say how symptoms were while a rupture was unrepaired, then and in the session after."""
    whose = {
        "rupture_state": "In the same session",
        "rupture_state_next": "In the next session, whose ratings have noise of their own,",
    }
    for variant, when in whose.items():
        rows = results.tables["sensitivity"]
        rows = rows[(rows["variant"] == variant) & (rows["effect"] == UNREPAIRED)]
        for row in rows.dropna(subset=["estimate"]).to_dict("records"):
            how = "lower" if row["estimate"] < 0 else "higher"
            found = f"were {how} than" if row["p"] < ALPHA else "did not differ significantly from"
            yield (
                f"{when} symptoms while a rupture was unrepaired {found} those before any rupture, "
                "at average interpersonal problems "
                f"({apa.tested(pd.Series(row), results.interval_name, 3)})."
            )


def repair_event(results: Results) -> str:
    """Say whether symptoms are other after a session that repairs than after one that does not."""
    rows = results.tables["sensitivity"].query("variant == 'repair_event'").set_index("effect")
    if rows.empty or rows["estimate"].isna().any():
        why = "it was not run" if rows.empty else rows["reason"].dropna().iloc[0]
        return f"Repair as an event could not be examined: {why}."
    average, moderated = rows.loc[AVERAGE], rows.loc[PER_SD]
    how = "lower" if average["estimate"] < 0 else "higher"
    found = f"were {how}" if average["p"] < ALPHA else "did not differ significantly"
    depends = "depended" if moderated["p"] < ALPHA else "did not depend significantly"
    return (
        f"In the session after a repair symptoms {found} than in that after a session at which the "
        "rupture was still unrepaired, at average interpersonal problems "
        f"({apa.tested(average, results.interval_name, 3)}); this {depends} on interpersonal "
        f"problems ({apa.tested(moderated, results.interval_name, 3)})."
    ).replace("differ significantly than in", "differ significantly from")


def steps(results: Results) -> str:
    """Say what goes from one session to the next, in both directions."""
    table = results.tables["sensitivity"]
    sentences = []
    for variant, (before, after) in STEPS.items():
        rows = table[table["variant"] == variant].set_index("effect")
        if rows["estimate"].isna().any():
            reason = rows["reason"].dropna().iloc[0]
            sentences.append(f"From {before} to {after} nothing could be estimated: {reason}.")
            continue
        average, moderated = rows.loc[AVERAGE], rows.loc[PER_SD]
        direction = "lower" if average["estimate"] < 0 else "higher"
        found = (
            f"went with {direction} {after} at the next session"
            if average["p"] < ALPHA
            else f"did not go significantly with {after} at the next session"
        )
        depends = "depended" if moderated["p"] < ALPHA else "did not depend significantly"
        higher = "Higher" if before == "alliance" else "More"
        sentences.append(
            f"{higher} {before} than the patient's own mean {found}, at average interpersonal "
            f"problems ({apa.tested(average, results.interval_name, 3)}); this {depends} on "
            f"interpersonal problems ({apa.tested(moderated, results.interval_name, 3)})."
        )
    return " ".join(sentences)


def without_estimate(rows: pd.DataFrame) -> list[str]:
    """Return `label: reason` of what has none; each pair once."""
    missing = rows[rows["reason"].notna()]
    return list(dict.fromkeys(f"{r.label}: {r.reason}" for r in missing.itertuples()))


def _difference(results: Results, effect: str) -> str:
    rows = _rows(results, effect)
    of, headline = DIFFERENCES[effect], rows.loc["headline"]
    others = rows.drop(index=["headline", "without_each_therapist"])
    known = others.dropna(subset=["estimate"])
    if pd.isna(headline["estimate"]):
        return (
            f"For the difference between {of} there is no headline estimate that other analyses "
            "could be compared with."
        )
    said = (
        f"The headline difference between {of} was {apa.number(headline['estimate'])} points by "
        f"session {headline['at_session']:.0f} per *SD* of interpersonal problems"
    )
    if known.empty:
        return f"{said}; none of {len(others)} other analyses of it could be estimated."
    same = (known["estimate"] > 0) == (headline["estimate"] > 0)
    clear = (known["ci_low"] > 0) | (known["ci_high"] < 0)
    estimates = known["estimate"]
    said += (
        f"; {apa.plural(len(known), 'other analysis', 'other analyses')} gave "
        f"{apa.number(estimates.min())} to {apa.number(estimates.max())}. "
        f"{_of(int(same.sum()), len(known)).capitalize()} kept its sign, and "
        f"{_of(int((same & clear).sum()), len(known))} also had a "
        f"{results.interval_name} without zero. {_verdict(same, clear)}"
    )
    wide = list(known.loc[~clear, "label"])
    if wide:
        said += f" The interval held zero in: {'; '.join(wide)}."
    turned = list(known.loc[~same, "label"])
    if turned:
        said += f" The sign was the other one in: {'; '.join(turned)}."
    missing = without_estimate(others)
    if missing:
        said += f" Not estimated: {'; '.join(missing)}."
    span = rows.loc["without_each_therapist"]
    if pd.notna(span["range_low"]):
        said += (
            " Without any one therapist the headline difference lay between "
            f"{apa.number(span['range_low'])} and {apa.number(span['range_high'])}."
        )
    return said


def _verdict(same: pd.Series, clear: pd.Series) -> str:
    if not same.all():
        return "The sign itself depends on the analysis."
    if clear.all():
        return "Neither the sign nor the exclusion of zero depended on the analysis."
    if not clear.any():
        return "The sign did not depend on the analysis, but none of them excludes zero."
    return "The sign did not depend on the analysis; whether zero is excluded did."


def _of(n: int, total: int) -> str:
    if n == total:
        return "all of them" if total > 1 else "it"
    return f"{n} of {total}" if n else "none"


def _rows(results: Results, effect: str) -> pd.DataFrame:
    table = results.tables["sensitivity"]
    rows = table[(table["part"] == "A") & (table["effect"] == effect)]
    return rows.set_index("variant")
