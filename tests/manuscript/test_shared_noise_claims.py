"""What is said of noise that both ratings of a session share follows its tables."""

import model_check_tables as made
import numpy as np
import pandas as pd
from rupture_repair.manuscript.shared_noise_claims import shared_noise


def test_each_slope_stands_beside_what_noise_gives(changed):
    text = shared_noise(changed())
    assert "correlated *r* = −.12 [−.17, −.07]. In 40 cohorts simulated without ruptures" in text
    words = "unrepaired against no rupture in M1, 0.30 ([0.10, 0.50], 25%) beside 0.90, outside"
    assert words in text
    assert "the same without patients whose ruptures are all in their last rating, 0.30" in text
    assert "the moderation in M2, 0.30" in text and "average length in M3, 0.30" in text
    inside = shared_noise(changed(shared_noise=made.shared_noise(estimate=0.4)))
    assert "beside 0.40, within that range" in inside and "outside" not in inside


def test_without_estimates_nothing_is_made_up(changed):
    unknown = made.shared_noise().assign(estimate=np.nan)
    unknown.loc[unknown["model"] == "M1", "estimate"] = 0.9
    text = shared_noise(changed(shared_noise=unknown))
    assert "in M1" in text and "M2" not in text
    none = shared_noise(changed(shared_noise=pd.DataFrame(columns=unknown.columns)))
    assert none.endswith("What this would produce without ruptures could not be computed.")
    nobody = changed(session_correlation=made.session_correlation(np.nan))
    assert "could not be estimated" in shared_noise(nobody)
