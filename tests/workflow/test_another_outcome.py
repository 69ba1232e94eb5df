"""Another outcome column takes the place of the symptoms everywhere: a whole run to the paper."""

import json
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from incomplete_clinics import deliver

pytestmark = pytest.mark.long

MAXIMUM = 40  # points of the symptoms, and of the wellbeing that is their mirror image
OWN = {
    "title": "Wellbeing in Few Words",
    "short": "WFW",
    "measures": "symptoms",
    "minimum": 0,
    "maximum": MAXIMUM,
    "step": 1,
    "higher_is": "better",
    "source": "Nobody, 2020",
}


def with_wellbeing(patients, sessions):
    """The same people, who also rate the opposite of their symptoms."""
    return patients, sessions.assign(Wellbeing=MAXIMUM - sessions["CORE10"])


@pytest.fixture(scope="module")
def clinic(fresh, built, tmp_path_factory):
    project = fresh.copy(tmp_path_factory.mktemp("outcome") / "project")
    deliver(project.folder, with_wellbeing, built.results / "synthetic")
    file = project.folder / "config/cohorts/tiny.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["own_instruments"] = {"WFW": OWN}
    content["outcomes"] = {"wellbeing": {"column": "Wellbeing", "instrument": "WFW"}}
    content["outcome"] = "wellbeing"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    return project.results


def test_its_effects_are_those_of_the_symptoms_turned_round(clinic, built):
    for name, key in (("moderation", ["model", "contrast", "length"]), ("contrasts", None)):
        own, other = (
            pd.read_csv(results / f"tables/{name}.csv") for results in (clinic, built.results)
        )
        assert len(own) == len(other) > 5
        if key:
            pd.testing.assert_frame_equal(own[key], other[key])
        known = other["estimate"].notna()
        assert known.sum() > 5
        assert np.allclose(own["estimate"][known], -other["estimate"][known], rtol=1e-3, atol=1e-3)
        # those of a confidential cohort have four digits
        assert np.allclose(own["se"][known], other["se"][known], rtol=1e-3)


def test_the_paper_and_the_record_name_it(clinic):
    page = (clinic / "manuscript/manuscript.html").read_text(encoding="utf-8")
    text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Wellbeing in Few Words" in text and "(WFW; Nobody, 2020)" in text
    assert "higher is better" in text
    assert "CORE-10" not in text
    choices = json.loads((clinic / "provenance.json").read_text(encoding="utf-8"))["choices"]
    assert choices["outcome"] == "wellbeing"
    assert choices["instruments"]["symptoms"] == "WFW"
