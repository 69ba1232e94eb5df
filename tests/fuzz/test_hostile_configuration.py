"""Configuration of any content: a model that says what it was given, or problems in words."""

import string
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError
from rupture_repair.config.cohort import Cohort
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.errors import ConfigError, one_line
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.load import load_settings
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.project import Project, name_problem
from rupture_repair.config.published import published_problems
from rupture_repair.config.yaml_files import checked, entries_of, read_keys

ROOT = Path(__file__).parents[2]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["own_sd", "previous", "alliance", "{session}", "=1", "../x", "x" * 20_000])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
SHIPPED = {
    Project: lambda: yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8")) or {},
    Cohort: lambda: yaml.safe_load((ROOT / "config/cohorts/igra2025.yaml").read_text("utf-8")),
    Multiverse: lambda: yaml.safe_load((ROOT / "config/multiverse.yaml").read_text("utf-8")),
    Criterion: lambda: yaml.safe_load((ROOT / "config/criteria.yaml").read_text("utf-8"))[
        "igra2025_style"
    ],
    Instrument: lambda: yaml.safe_load((ROOT / "config/instruments.yaml").read_text("utf-8"))[
        "SAI"
    ],
}


def _places(content, at=()):
    """Return the path of every value of nested keys."""
    found = []
    for key, value in content.items():
        found.append((*at, key))
        if isinstance(value, dict):
            found += _places(value, (*at, key))
    return found


@hypothesis_settings(derandomize=True)
@given(data=st.data())
@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.__name__)
def test_any_value_at_any_place_is_kept_or_refused_in_words(model, data):
    content = SHIPPED[model]()
    fields = list(model.model_fields)
    place = data.draw(st.sampled_from([*_places(content), *((name,) for name in fields)]))
    inner = content
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(VALUES)
    problems = []
    kept = checked(model, content, "file.yaml", problems)
    assert (kept is None) == bool(problems)
    if kept is None:
        words = str(ConfigError(problems))
        assert words.replace("\n", "").isprintable()
        assert len(words) < 3_000 * len(problems)
        return
    value_kept = kept.model_dump(mode="json")
    for key in place:
        value_kept = value_kept[key]
    value = inner[place[-1]]
    if isinstance(value, str):  # a number in quotes is one, and blanks around are none of it
        assert str(value_kept).strip("[]'") == value.strip() or float(value_kept) == float(value)
    elif isinstance(value, bool):
        assert float(value_kept) == value or value_kept == value
    elif isinstance(value, int | float):
        assert value_kept == value or float(value_kept) == pytest.approx(value)


BOMBS = {
    "nested without end": "a: " + "[" * 5000,
    "nested deeply": "a: " + "[" * 60 + "]" * 60,
    "a billion laughs": "a: &a [l,l,l,l,l,l,l,l,l,l]\n"
    + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "an alias of itself": "a: &a [*a]",
    "a Python object": "a: !!python/object/apply:os.system [id]",
    "a set": "a: !!set {b}",
    "bytes": "a: !!binary aGVsbG8=",
    "a list for a key": "? [a]\n: b",
    "an impossible date": "a: 2024-99-99",
    "no whole number": "a: !!int x",
    "no truth": "a: !!bool perhaps",
    "no time": "a: !!timestamp soon",
    "a key given twice": "a: {b: 1, b: 2}",
    "a key given twice in two spellings": "a: 1\n'a': 2",
    "two documents": "a: 1\n---\nb: 2",
    "NUL": "a: \x00",
    "two megabytes": "a: " + "x" * 2_000_000,
    "a list": "[a]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_yaml_file_is_refused_in_words(tmp_path, name):
    file, problems = tmp_path / "a.yaml", []
    file.write_text(BOMBS[name], encoding="utf-8")
    assert read_keys(file, problems) is None
    [problem] = problems
    assert problem.message
    assert str(problem).isprintable()
    assert len(str(problem)) < 500


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1:30", "1:30"), ("010", "010"), ("1_000", "1_000"), ("0x1F", "0x1F"),
        ("12", 12), ("-3", -3),
        ("1.5", 1.5), ("1e-3", 0.001), (".5", 0.5), ("yes", True), ("~", None),
        ("9" * 40, "9" * 40),
    ],
)  # fmt: skip
def test_numbers_are_those_that_they_look_like(tmp_path, text, value):
    file = tmp_path / "a.yaml"
    file.write_text(f"a: {text}\non: 1", encoding="utf-8")
    assert read_keys(file, []) == {"a": value, "on": 1}


def test_a_harmless_alias_is_read(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2", encoding="utf-8")
    assert read_keys(file, []) == {"a": {"b": 1}, "c": {"b": 1, "d": 2}}


@pytest.mark.parametrize(
    "name", ["<b>", "=1+1", "a|b", "../x", "a\u202eb", "x" * 65, "", "{{< x >}}"]
)
def test_a_questionnaire_cannot_have_such_a_name(tmp_path, name):
    problems = []
    file = tmp_path / "instruments.yaml"
    file.write_text(yaml.safe_dump({name: SHIPPED[Instrument]()}), encoding="utf-8")
    entries_of(Instrument, file, problems)
    assert "a name has up to 64" in problems[0].message


NAMES = ["..", ".", "/etc", "a/b", "a\\b", "C:", "a\x00b", "", "-rf", "a b", "nul",
         "COM1", "x" * 65,
         "Ü", "a.b", "*", "{cohort}", "~", "$HOME", "comparison", "results/x",
         "\u202ea"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_cohort_cannot_have_such_a_name(name):
    assert one_line(name_problem(name)).isprintable()
    with pytest.raises(ValidationError):
        Project(cohorts=(name,))


@given(st.text(alphabet=string.printable + "üß\u202e\x00", max_size=70))
def test_a_name_that_a_cohort_can_have_is_a_folder_of_the_results(name):
    if name_problem(name) is None:
        folder = Path("/project/results") / name
        assert folder.parent == Path("/project/results")
        assert folder.name == name


@pytest.mark.parametrize(
    "folder",
    ["", ".", "..", "../..", "config", "data/x", "./workflow", "results/../config",
    "a\x00", "{x}", "a*",
     ".git", "reports", "a\nb", "x" * 600],
)  # fmt: skip
def test_results_cannot_be_written_into_the_project_itself(folder):
    with pytest.raises(ValidationError):
        Project(results=folder)


@pytest.mark.parametrize("folder", ["results", "/scratch/me/results", "../results", "out/v2"])
def test_results_may_be_elsewhere(folder):
    assert Project(results=folder).results == folder


def test_a_link_cannot_lead_the_results_of_a_cohort_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    (tmp_path / "results").mkdir()
    (tmp_path / "results/igra2025").symlink_to(tmp_path, target_is_directory=True)
    given_ = {"cohorts": "igra2025", "results": str(tmp_path / "results")}
    with pytest.raises(ConfigError, match="is a link that leads out of"):
        load_settings(given_, Path("config"))
    (tmp_path / "results/igra2025").unlink()
    assert load_settings(given_, Path("config")).cohorts


FIGURES = (ROOT / "data/published/igra2025.csv").read_text(encoding="utf-8")
WRONG_FIGURES = {
    "no number": ("n_patients,514", "n_patients,many", "`many` is not a number"),
    "negative": ("n_patients,514", "n_patients,-514", "not a number of 0 or more"),
    "infinite": ("9.8,1", "inf,1", "not a number"),
    "enormous": ("n_patients,514", "n_patients,1e300", "not a number"),
    "half a patient": ("n_patients,514", "n_patients,513.5", "not a whole number"),
    "decimals": ("9.8,1", "9.8,one", "decimals: `one`"),
    "direction": ("moderation_iip,negative", "moderation_iip,down", "allowed: negative, positive"),
    "given twice": ("sessions_min,3", "n_patients,3", "is given twice"),
    "absent": ("sessions_sd,8.44", "other,8.44", "sessions_sd: is missing"),
    "sum": ("n_none,297", "n_none,298", "is not the sum"),
    "no column": ("item,published", "item,value", "must have each of the columns"),
    "a cell more": ("n_patients,514", "n_patients,,514", "has 6 cells"),
    "open quotation": ("n_patients", '"n_patients', "do not form a table"),
    "control character": ("Patients\n", "Pat\x1bients\n", "control character"),
    "too many": ("n_patients,514", "n_patients,900000", "not the sum"),
}


@pytest.mark.parametrize("name", WRONG_FIGURES)
def test_wrong_published_figures_are_refused_in_words(tmp_path, name):
    old, new, expected = WRONG_FIGURES[name]
    assert FIGURES.count(old) >= 1
    file = tmp_path / "figures.csv"
    file.write_text(FIGURES.replace(old, new, 1), encoding="utf-8")
    problems = published_problems(file, synthetic=True)
    assert any(expected in str(problem) for problem in problems), list(map(str, problems))


def test_the_shipped_published_figures_are_right():
    assert published_problems(ROOT / "data/published/igra2025.csv", synthetic=True) == []
