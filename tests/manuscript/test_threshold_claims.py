"""What is said of the multiple of the scale follows its table."""

import multiverse_tables as made
import numpy as np
from rupture_repair.manuscript.threshold_claims import thresholds


def test_the_range_and_the_chosen_k(changed):
    text = thresholds(changed(threshold_strip=made.threshold_strip()))
    assert text.startswith(
        "From *k* = 1.00 to 3.00, the share of patients with a rupture goes from"
    )
    assert "from 60.0% to 20.0%; the moderation of M2 lies between −3.00 and −1.00 points" in text
    p = made.threshold_strip()["p"]
    assert f"under {(p < 0.05).sum()} of 41 multiples (at the chosen *k* = 1.50: −1.50)." in text


def test_masked_or_missing_values_are_left_out(changed):
    table = made.threshold_strip()
    table.loc[table["k"] > 2, "percent_none"] = np.nan
    table.loc[table["k"] < 2, ["estimate", "p"]] = np.nan
    text = thresholds(changed(threshold_strip=table))
    assert "From *k* = 1.00 to 2.00" in text
    assert "chosen" not in text
    none = thresholds(changed(threshold_strip=table.assign(estimate=np.nan)))
    assert none.endswith("the moderation could be estimated under none of them.")
    hidden = thresholds(changed(threshold_strip=table.assign(percent_none=np.nan)))
    assert "too rare to be reported" in hidden
