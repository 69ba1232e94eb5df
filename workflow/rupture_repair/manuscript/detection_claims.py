"""Sentences on ruptures beside chance, under other criteria and by exposure."""

from collections.abc import Sequence

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import CHANCE_INTERVAL
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results

NULLS = {"permuted": "random order", "simulated": "the no-rupture model"}
# Ratings of successive sessions are alike, which random order takes away: it would give another
# number of ruptures where there are none. It describes; what differs from chance, the model says.
JUDGED = "simulated"
WORDS = {"none": "no rupture", "unrepaired": "unrepaired", "repaired": "repaired"}
FEWEST_AT_RISK = 10
CHANCE_LEVEL = f"{CHANCE_INTERVAL[1] - CHANCE_INTERVAL[0]:g}%"


def chance(results: Results) -> str:
    """Tell what both nulls give, and compare with the no-rupture model alone.

    Patterns of which no number is shown are left out.
    """
    table = results.tables["chance"]
    rows = table[table["length"] == "all"].set_index(["kind", "pattern"])
    shown = [pattern for pattern in PATTERNS if pattern not in results.hidden]
    if not shown:
        return "The patterns are too rare to be compared with chance here."
    if rows["observed_percent"].isna().all():
        return "No patient could be classified, so that nothing is compared with chance."
    sentences = [_differences(rows, kind, shown) for kind in NULLS]
    sentences.append(
        "In brackets stands the observed minus the expected share in percentage points, with the "
        f"range of {CHANCE_LEVEL} of the replicates."
    )
    if "none" in shown:
        # fewer without a rupture are more with one
        opposite = {"more": "fewer", "fewer": "more", "same": "same"}
        state = opposite[side(rows.loc[(JUDGED, "none")])]
        sentences.append(_verdict("Patients with a rupture", state))
    if "repaired" in shown:
        sentences.append(_verdict("Repaired patterns", side(rows.loc[(JUDGED, "repaired")])))
    return " ".join(sentences)


def _differences(rows: pd.DataFrame, kind: str, shown: Sequence[str]) -> str:
    parts = []
    for pattern in shown:
        row = rows.loc[(kind, pattern)]
        parts.append(
            f"{WORDS[pattern]} {apa.number(row['expected_percent'], 1)}% "
            f"({apa.number(row['excess'], 1)} "
            f"{apa.interval(row['excess_low'], row['excess_high'], 1)})"
        )
    where = "In" if kind == "permuted" else "Under"
    return f"{where} {NULLS[kind]} the expected shares were {apa.joined(parts)}."


def side(row: pd.Series) -> str:
    """Whether more, fewer or as many were observed as the null gives."""
    if row["excess_low"] > 0:
        return "more"
    return "fewer" if row["excess_high"] < 0 else "same"


def _verdict(subject: str, state: str) -> str:
    words = {
        "more": "more frequent than",
        "fewer": "less frequent than",
        "same": "neither more nor less frequent than",
    }
    return f"{subject} were {words[state]} {NULLS[JUDGED]} gives."


def chance_by_length(results: Results) -> str:
    """Compare what noise alone gives in the shortest and in the longest treatments."""
    table = results.tables["chance"]
    rows = table[(table["pattern"] == "none") & (table["length"] != "all")]
    rows = rows.dropna(subset=["expected_percent"])
    rows = rows[rows["kind"] == JUDGED]
    if len(rows) < 2:
        return "The treatments are too alike in length to compare chance between short and long."
    first, last = rows.iloc[0], rows.iloc[-1]
    few, many = (100 - row["expected_percent"] for row in (first, last))
    verb = "rose" if many > few else "fell"
    return (
        f"The share of patients with a rupture that the no-rupture model gives {verb} from "
        f"{apa.number(few, 1)}% in treatments of {first['length']} sessions to "
        f"{apa.number(many, 1)}% in those of {last['length']}."
    )


def criteria(results: Results) -> str:
    """Tell the range of kappa and of the share without rupture, and how many patients move."""
    pairs = results.tables["criteria_agreement"]
    if pairs.empty:
        return "Only one criterion is defined, so that there is no agreement to tell."
    known = pairs.dropna(subset=["kappa"])
    if known.empty:
        return "No kappa is defined, because no criterion tells the patients apart."
    low, high = known.loc[known["kappa"].idxmin()], known.loc[known["kappa"].idxmax()]
    words = (
        f"Cohen's kappa between two criteria ranged from {apa.proportion(low['kappa'])} "
        f"({low['first']} and {low['second']}) to {apa.proportion(high['kappa'])} "
        f"({high['first']} and {high['second']}), *Mdn* = {apa.proportion(known['kappa'].median())}"
    )
    name = results.settings.criterion.name
    own = known.loc[(known["first"] == name) | (known["second"] == name), "kappa"]
    if len(own):
        words += (
            f"; with the criterion of this paper, from {apa.proportion(own.min())} to "
            f"{apa.proportion(own.max())}"
        )
    return f"{words}. {_moves(results)}"


def _moves(results: Results) -> str:
    values = results.tables["criteria_consistency"].set_index("quantity")["value"]
    n = values["n_classified_by_all"]
    if n == 0:
        return "No patient could be classified by every criterion."
    if pd.isna(values["n_same_pattern"]):  # with the breakdowns it would tell of few who move
        return "How many patients move between patterns is not given: some of them are few."
    return (
        f"Of the {results.shown(n)} patients whom each of the {values['n_criteria']:.0f} criteria "
        f"could classify, {results.shown(values['n_same_pattern'])} had the same pattern under all "
        f"of them; {results.shown(values['n_rupture_by_some'])} had a rupture under some criteria "
        "and none under others."
    )


def criteria_chance(results: Results) -> str:
    """Count the criteria under which ruptures are more, or less, frequent than chance gives."""
    table = results.tables["chance_by_criterion"]
    rows = table[(table["pattern"] == "none") & (table["kind"] == JUDGED)]
    rows = rows.dropna(subset=["observed_percent"])
    if rows.empty:
        return "No criterion could classify a patient."
    # fewer without a rupture are more with one
    states = rows.apply(side, axis=1)
    more, fewer = int((states == "fewer").sum()), int((states == "more").sum())
    return (
        f"The patients with a rupture were more than {NULLS[JUDGED]} gives under {more} of "
        f"{len(rows)} criteria, and fewer under {fewer}, each beyond {CHANCE_LEVEL} of replicates."
    )


def hazard(results: Results) -> str:
    """Tell the hazard of the whole cohort and the share with a rupture at a chosen length."""
    whole = results.tables["rupture_exposure"].set_index("length").loc["all"]
    if whole["n_ruptured"] == 0:
        return "No patient had a rupture, so that there is no hazard to tell."
    if pd.isna(whole["n_ruptured"]) or results.masks(whole["n_ruptured"]):
        return "Too few patients had a rupture to tell the hazard."
    words = (
        f"{whole['n_ruptured']:,.0f} first ruptures in {whole['n_at_risk']:,.0f} sessions at risk "
        f"are a hazard of {_percent(whole, 'hazard')} per session."
    )
    rows = results.tables["rupture_hazard"].query("length == 'all'").set_index("session")
    n_so_far = rows["n_first_ruptures"].cumsum()
    for length in sorted(results.settings.modelling.lengths, reverse=True):
        if length not in rows.index or rows.loc[length, "n_at_risk"] < FEWEST_AT_RISK:
            continue
        row = rows.loc[length]
        if pd.isna(row["incidence"]):
            continue  # masked here; a shorter length may be told
        if not results.masks(n_so_far[length]):
            words += (
                f" By session {length}, {_percent(row, 'incidence')} of the patients had a rupture "
                "when the end of treatment counts as a competing event, and "
                f"{_percent(row, 'if_continued')} when it counts as censoring."
            )
        break
    return words


def exposure(results: Results) -> str:
    """Compare shares and hazards between the shortest and the longest treatments."""
    table = results.tables["rupture_exposure"]
    hidden = hidden_lengths(results)
    rows = table[(table["length"] != "all") & ~table["length"].isin(hidden)]
    rows = rows.dropna(subset=["hazard"])
    if len(rows) < 2 or rows["n_ruptured"].sum() == 0:
        return "Shares and hazards cannot be compared between short and long treatments."
    first, last = rows.iloc[0], rows.iloc[-1]
    words = (
        f"Of treatments of {first['length']} sessions {_percent(first, 'share_ruptured')} had a "
        f"rupture, of those of {last['length']} sessions {_percent(last, 'share_ruptured')}; the "
        f"hazards per session at risk were {_percent(first, 'hazard')} and "
        f"{_percent(last, 'hazard')}."
    )
    if last["share_ruptured"] <= first["share_ruptured"]:
        return words
    if last["hazard_low"] > first["hazard_high"]:
        return f"{words} In long treatments the hazard itself was higher."
    if last["hazard"] <= first["hazard"]:
        return (
            f"{words} The larger share in long treatments goes with more sessions at risk; the "
            "hazard per session was not higher in them."
        )
    return (
        f"{words} The larger share in long treatments goes with more sessions at risk, not with "
        "a hazard that is clearly higher."
    )


def hidden_lengths(results: Results) -> frozenset[str]:
    """Bands of treatment length of which no number of patients with a rupture is shown."""
    rows = results.tables["rupture_exposure"].set_index("length").drop(index="all")
    n, ruptured = rows["n_patients"], rows["n_ruptured"]
    with_one = results.small_cells({str(name): float(count) for name, count in ruptured.items()})
    rest = {str(name): float(count) for name, count in (n - ruptured).items()}
    return with_one | results.small_cells(rest)


def _percent(row: pd.Series, name: str) -> str:
    """Return `8.5 % [7.5, 9.7]`."""
    low, high = 100 * row[f"{name}_low"], 100 * row[f"{name}_high"]
    return f"{apa.number(100 * row[name], 1)}% {apa.interval(low, high, 1)}"
