"""A criterion written into a cohort file: nothing else of the file changes, and it still works."""

import pytest
import yaml
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.load import load_project
from rupture_repair.explorer.choice import ChoiceError, chosen
from rupture_repair.explorer.cohort_file import write_criterion

COHORTS = ("igra2025", "example_clinic")


@pytest.fixture
def choice(explored):
    return chosen({"scale": "own_sd", "k": 2.25, "repair_window": 3}, explored.own,
                  explored.multiverse)  # fmt: skip


@pytest.fixture(params=COHORTS)
def file(request, root, tmp_path, monkeypatch):
    """The cohort file in a project of its own, whose data are those of this one."""
    (tmp_path / "config/cohorts").mkdir(parents=True)
    for name in ("config.yaml", "instruments.yaml", "criteria.yaml", "multiverse.yaml"):
        (tmp_path / "config" / name).write_bytes((root / "config" / name).read_bytes())
    (tmp_path / "data").symlink_to(root / "data")
    place = tmp_path / f"config/cohorts/{request.param}.yaml"
    place.write_bytes((root / f"config/cohorts/{request.param}.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    return place.relative_to(tmp_path)


def rule_of(file):
    return load_project(file.stem).cohorts[file.stem].criterion


@pytest.mark.parametrize("use", [False, True])
def test_comments_and_order_stay_and_the_cohort_loads(file, choice, use):
    before = file.read_text(encoding="utf-8")
    message = write_criterion(file, choice, "strict rule", set(), use=use)
    after = file.read_text(encoding="utf-8")
    assert "strict rule" in message
    assert ("made it" in message) is use
    kept = [line for line in before.splitlines() if not line.startswith("criterion:")]
    lines = iter(after.splitlines())
    assert all(line in lines for line in kept)  # in their order
    loaded = load_project(file.stem).cohorts[file.stem]
    assert loaded.criteria["strict rule"].k == 2.25
    assert loaded.criterion.k == (2.25 if use else 1.5)
    assert "with the results in view" in loaded.criteria["strict rule"].assumed
    assert [other.name for other in file.parent.iterdir()] == [file.name]


def test_a_second_criterion_goes_beside_the_first(file, choice, explored):
    other = chosen({"k": 3.0}, explored.own, explored.multiverse)
    write_criterion(file, choice, "first", set(), use=True)
    write_criterion(file, other, "second", {"first"}, use=True)
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert set(content["own_criteria"]) == {"first", "second"}
    assert rule_of(file) == Criterion(**content["own_criteria"]["second"])
    assert rule_of(file).k == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("\n", "\r\n"),
        ("criterion: igra2025_style", "criterion: 'pooled_2sd' # as in the protocol"),
        ("criterion: igra2025_style\n", ""),
        ("criterion: igra2025_style", "criterion: igra2025_style\nown_criteria: {} # none yet"),
        (
            "criterion: igra2025_style",
            "criterion: igra2025_style\nown_criteria:\n      # wide\n      mine: {k: 3}",
        ),
    ],
)
def test_files_written_in_other_ways(file, choice, old, new):
    text = file.read_bytes().decode().replace(old, new) if old else file.read_bytes().decode()
    file.write_bytes(text.rstrip("\n").encode() if not old else text.encode())
    write_criterion(file, choice, "added", set(), use=True)
    assert rule_of(file).k == 2.25
    after = file.read_bytes().decode()
    assert after.count("\r\n") in {0, after.count("\n")}
    for word in ("protocol", "none yet", "# wide"):
        assert (word in after) is (word in text)


def test_a_link_stays_a_link(file, choice):
    place = file.rename(file.with_name("elsewhere.txt"))
    file.symlink_to(place.name)
    write_criterion(file, choice, "added", set(), use=False)
    assert file.is_symlink()
    assert "added" in place.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "known", "text", "words"),
    [
        ("rci", {"rci"}, None, "already"),
        ("a: b", set(), None, "letters"),
        ("mine", set(), "own_criteria: {other: {k: 2}}\n", "by hand"),
        ("mine", set(), "title: [", "by hand"),
        ("mine", set(), "---\na: 1\n---\nb: 2\n", "by hand"),
        ("mine", set(), "{title: x}\n", "by hand"),
    ],
)
def test_what_cannot_be_added_to_stays_as_it_is(file, choice, name, known, text, words):
    if text is not None:
        whole = file.read_text(encoding="utf-8") if text.startswith("own") else ""
        file.write_text(whole + text, encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(ChoiceError, match=words):
        write_criterion(file, choice, name, known, use=True)
    assert file.read_bytes() == before
    assert [other.name for other in file.parent.iterdir()] == [file.name]
