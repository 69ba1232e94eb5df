"""The profile for a cluster submits exactly the rules that are not marked as local ones."""

import re

import pytest
import yaml
from rupture_repair.multiverse.jobs import BLOCK


@pytest.fixture(scope="module")
def profile(root):
    return yaml.safe_load((root / "workflow/profiles/slurm/config.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def rules(root):
    """The text of each rule by its name."""
    texts = [file.read_text(encoding="utf-8") for file in root.glob("workflow/rules/*.smk")]
    parts = [part for text in texts for part in re.split(r"^rule ", text, flags=re.MULTILINE)[1:]]
    return {part.split(":")[0]: part for part in parts}


def test_every_rule_is_local_or_in_a_group(rules, profile):
    working = {name for name, text in rules.items() if "script:" in text}
    local = {name for name, text in rules.items() if "localrule: True" in text}
    assert len(working) > 20
    assert working - local == set(profile["groups"])
    assert set(profile["groups"].values()) == set(profile["group-components"])


@pytest.mark.parametrize("name", ["default", "slurm"])
def test_a_profile_says_how_much_memory_a_step_needs(root, name):
    file = root / f"workflow/profiles/{name}/config.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert content["default-resources"]["mem_mb"] == 1000


def test_every_step_says_what_it_makes(rules):
    assert [name for name, text in rules.items() if "    message:\n" not in text] == []


def test_one_cluster_job_holds_the_estimates_of_a_cohort(root, rules, profile):
    choices = yaml.safe_load((root / "config/multiverse.yaml").read_text(encoding="utf-8"))
    steps = {"run_multiverse": choices["chunks"]}  # of all others there is one
    estimates = {rule for rule, group in profile["groups"].items() if group == "estimates"}
    follows = {rule for rule in estimates for other in estimates if f".{other}." in rules[rule]}
    follows |= {rule for rule in estimates if "HEADLINE_FITS" in rules[rule]}
    of_a_cohort = [steps.get(rule, 1) for rule in estimates - follows]
    assert profile["group-components"]["estimates"] == sum(of_a_cohort)
    comment = (root / "workflow/profiles/slurm/config.yaml").read_text(encoding="utf-8")
    assert f"{profile['group-components']['resampled']} blocks of {BLOCK} replicates" in comment
