"""How many patients show which pattern, beside the published shares."""

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.detection.detector import Detection


def breakdown(patterns: pd.DataFrame, published: dict[str, float]) -> pd.DataFrame:
    """Return `pattern, n, percent, published_percent`; percentages of classified patients.

    published : percentage by pattern; patterns that are absent have none.
    Unclassifiable patients get a row with their number and no percentage, if there are any.
    """
    counts = patterns["pattern"].value_counts()
    n = [int(counts.get(pattern, 0)) for pattern in PATTERNS]
    total = sum(n)
    rows = [
        {
            "pattern": pattern,
            "n": count,
            "percent": 100 * count / total if total else float("nan"),
            "published_percent": published.get(pattern, float("nan")),
        }
        for pattern, count in zip(PATTERNS, n, strict=True)
    ]
    if counts.get("unclassifiable", 0):
        rows.append({"pattern": "unclassifiable", "n": int(counts["unclassifiable"])})
    return pd.DataFrame(rows, columns=["pattern", "n", "percent", "published_percent"])


def breakdown_tables(found: Detection, published: dict[str, float]) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name."""
    return {
        "pattern_breakdown": breakdown(found.patterns, published),
        "detection": detection_summary(found),
    }


def published_shares(file: str | None) -> dict[str, float]:
    """Return percentage by pattern from a published-figures file; empty without a file."""
    if not file:
        return {}
    table = pd.read_csv(file).set_index("item")["published"]
    return {
        pattern: float(table[f"percent_{pattern}"])
        for pattern in PATTERNS
        if f"percent_{pattern}" in table
    }


def detection_summary(found: Detection) -> pd.DataFrame:
    """Return `quantity, value`: counts of events, sizes of drops, sessions to repair."""
    events, patterns = found.events, found.patterns
    delay = events["sessions_to_repair"].dropna().astype(float)
    values = {
        "n_ruptures": len(events),
        "n_repaired_ruptures": int(events["repaired_at"].notna().sum()),
        "n_unobservable_ruptures": int((~events["repair_observable"]).sum()),
        "n_patients_several_ruptures": int((patterns["n_ruptures"] > 1).sum()),
        "n_unclassifiable": int((patterns["pattern"] == "unclassifiable").sum()),
        "pooled_within_sd": found.pooled_within_sd,
        "median_threshold": float(events["threshold"].median()),
        "mean_drop": float(events["drop"].mean()),
        "sd_drop": float(events["drop"].std(ddof=1)),
        "median_sessions_to_repair": float(delay.median()),
        "median_first_rupture": float(patterns["first_rupture"].dropna().astype(float).median()),
    }
    return pd.DataFrame({"quantity": list(values), "value": list(values.values())})
