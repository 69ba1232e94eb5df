"""Numbers that are written otherwise, or are beyond any use, are refused with what is allowed."""

import pytest
import yaml
from pydantic import ValidationError
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.errors import ConfigProblem
from rupture_repair.config.multiverse import Choices, Combination
from rupture_repair.config.project import Project
from rupture_repair.config.yaml_files import checked, read_keys

MODELS = {"Criterion": Criterion, "Combination": Combination, "Project": Project}


def refusal(tmp_path, model, text):
    """Return what is said of one line of YAML."""
    file = tmp_path / "keys.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    problems: list[ConfigProblem] = []
    content = read_keys(file, problems)
    assert checked(model, content, "keys.yaml", problems) is None
    (problem,) = problems
    return str(problem)


@pytest.mark.parametrize(
    ("model", "text", "allowed"),
    [
        ("Criterion", f"repair_window: {2**64}", "at most 2147483647"),
        ("Criterion", "repair_window: 100000000", "less than or equal to 10000"),
        ("Criterion", "max_gap: true", "should be a number"),
        ("Criterion", "k: 2_0", "digits, with a point"),
        ("Criterion", "k: yes", "should be a number; YAML takes yes"),
        ("Criterion", "k: '2'", "without quotes"),
        ("Criterion", "k: 1e-12", "0 or between 1e-06 and 1e+09"),
        ("Criterion", "k: 0.001", "greater than or equal to 0.01"),
        ("Criterion", "k: 1e300", "between"),
        ("Criterion", "repair_tolerance: off", "should be a number"),
        ("Combination", "k: on", "should be a number"),
        ("Combination", "min_sessions: 20000", "10000"),
        ("Project", "resampling: 2000000", "1000000"),
        ("Project", "resampling: 1_000", "digits"),
    ],
)
def test_a_number_that_is_none_is_refused_with_what_is_allowed(tmp_path, model, text, allowed):
    message = refusal(tmp_path, MODELS[model], text)
    assert allowed in message
    assert text.split(":")[0] in message


def test_each_number_of_a_list_counts(root):
    shipped = yaml.safe_load((root / "config/multiverse.yaml").read_text(encoding="utf-8"))
    choices = shipped["choices"]
    Choices(**choices)
    for key, value in (("k", True), ("k", 1e-12), ("max_gap", 2**70), ("winsorise", "0.1")):
        with pytest.raises(ValidationError, match=key):
            Choices(**choices | {key: [value]})


def test_whole_numbers_stand_for_others_and_null_for_none():
    rule = Criterion(k=2, max_gap=None, repair_window=10_000)
    assert (rule.k, rule.max_gap, rule.repair_window) == (2.0, None, 10_000)
