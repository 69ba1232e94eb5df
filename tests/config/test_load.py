"""The configuration: all problems at once, each with file, key, what is allowed and a hint."""

import copy
import json

import pytest
import yaml
from rupture_repair.config.errors import ConfigError, did_you_mean
from rupture_repair.config.load import load_settings

PROJECT = {"cohorts": ["clinic"]}


def test_shipped_configuration_loads(folder, root):
    shipped = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    settings = load_settings(shipped, folder / "config")
    igra = settings.cohorts["igra2025"]
    assert igra.synthetic
    assert igra.instruments["symptoms"].maximum == 40
    assert igra.criterion.k == 1.5
    assert igra.cohort.inclusion.min_sessions == 3


def test_every_shipped_criterion_names_what_is_assumed(criteria):
    wanted = {"igra2025_style", "gumz2012_1sd_style", "gumz2012_2sd_style", "case_sensitive_2sd"}
    wanted |= {"pooled_1sd", "pooled_2sd", "between_1sd", "shewhart_2sigma", "shewhart_3sigma"}
    wanted |= {"rci", "tang_derubeis_style", "running_mean_2sd"}
    assert wanted <= set(criteria)
    assert all(criterion.assumed for criterion in criteria.values())


SECTIONS = ["simulation", "validation", "detection", "audit", "chance", "criteria_comparison"]
SECTIONS += ["criteria_chance", "disclosure"]
SECTIONS += ["modelling", "figures", "manuscript", "fit", "time", "robustness", "reliable_change"]
SECTIONS += ["sensitivity"]


@pytest.mark.parametrize("room", SECTIONS)
def test_sections_are_plain_values(load, cohort, room):
    """Snakemake drops anything else silently, or reruns every time."""
    section = load(cohort).cohorts["clinic"].section(room)
    assert json.loads(json.dumps(section)) == section
    assert type(section) is dict


def test_section_of_an_unknown_room(load, cohort):
    with pytest.raises(AttributeError):
        load(cohort).cohorts["clinic"].section("kitchen")


def test_a_section_changes_only_with_what_it_depends_on(load, cohort):
    before = load(cohort).cohorts["clinic"]
    cohort["modelling"]["confidence"] = 0.9
    after = load(cohort).cohorts["clinic"]
    changed = {room for room in SECTIONS if before.section(room) != after.section(room)}
    rooms = {"modelling", "figures", "manuscript"}
    assert changed == rooms | {"robustness", "reliable_change", "sensitivity"}


def test_replicates_make_only_the_resampling_and_the_paper_stale(load, cohort):
    before = load(cohort).cohorts["clinic"]
    cohort["robustness"] = {"replicates": 60}
    after = load(cohort).cohorts["clinic"]
    changed = {room for room in SECTIONS if before.section(room) != after.section(room)}
    assert changed == {"robustness", "manuscript"}


def test_chance_of_all_criteria_is_drawn_as_that_of_the_own_one(load, cohort):
    cohort["chance"] = {"replicates": 60, "seed": 9}
    found = load(cohort).cohorts["clinic"]
    own, each = found.chance, found.criteria_chance
    assert (own.chance.replicates, own.chance.seed) == (60, 9)
    assert each.chance == own.chance
    assert own.alliance == each.alliance
    assert each.criteria[found.cohort.criterion] == own.criterion


def test_unknown_key_with_hint(problems, cohort):
    cohort["inclusion"] = {"min_sesions": 4}
    assert problems(cohort) == [
        ("inclusion.min_sesions", "unknown key; did you mean `min_sessions`?")
    ]


def test_unknown_key_without_a_near_one_lists_what_is_known(problems, cohort):
    cohort["columns"]["sessions"]["zzz"] = 1
    [(key, message)] = problems(cohort)
    assert key == "columns.sessions.zzz"
    assert (
        message == "unknown key; known: alliance, date, patient_id, session, symptoms, therapist_id"
    )


def test_unknown_key_deep_in_an_optional_section(problems, cohort):
    cohort["synthetic"]["alliance"]["drop_meen"] = 3
    assert ("synthetic.alliance.drop_meen", "unknown key; did you mean `drop_mean`?") in problems(
        cohort
    )


@pytest.mark.parametrize("kind", ["patients", "sessions"])
def test_a_column_has_one_meaning(problems, cohort, kind):
    first, second = list(cohort["columns"][kind])[1:3]
    cohort["columns"][kind] |= {first: "X", second: "X"}
    message = f"the column `X` is named for `{first}` and `{second}`"
    assert problems(cohort) == [(f"columns.{kind}", message)]


def test_missing_key_says_what_it_gives(problems, cohort):
    del cohort["columns"]["patients"]["iip"]
    message = "is missing; it gives: Interpersonal problems at the start of therapy."
    assert problems(cohort) == [("columns.patients.iip", message)]


def test_word_that_is_not_allowed(problems, cohort):
    cohort["modelling"]["time"] = "linaer"
    [(key, message)] = problems(cohort)
    assert key == "modelling.time"
    assert message == (
        "`linaer` is not allowed; allowed: `log` or `linear`; did you mean `linear`?"
    )


@pytest.mark.parametrize(
    ("section", "key", "value", "expected"),
    [
        ("inclusion", "min_sessions", 0, "`0` should be greater than or equal to 1"),
        ("inclusion", "min_sessions", "three", "`three` should be a number"),
        ("modelling", "confidence", 1.5, "`1.5` should be less than 1"),
        ("modelling", "lengths", [1, 5], "each of 2 sessions or more"),
        ("modelling", "lengths", [], "give at least one length"),
        ("synthetic", "missing_share", -0.1, "`-0.1` should be greater than or equal to 0"),
    ],
)
def test_value_that_is_not_allowed(problems, cohort, section, key, value, expected):
    cohort[section][key] = value
    [(where, message)] = problems(cohort)
    assert where == f"{section}.{key}"
    assert expected in message


def test_all_errors_at_once(folder, load, cohort):
    """Of three files and several kinds."""
    cohort["titel"] = cohort.pop("title")
    cohort["modelling"]["time"] = "cubic"
    cohort["inclusion"]["min_sessions"] = -1
    library = folder / "config"
    (library / "instruments.yaml").write_text(
        (library / "instruments.yaml")
        .read_text()
        .replace(
            "CORE-10\n  measures: symptoms\n  minimum: 0\n  maximum: 40",
            "CORE-10\n  measures: symptoms\n  minimum: 0\n  maximum: -40",
        )
    )
    (library / "criteria.yaml").write_text(
        (library / "criteria.yaml").read_text().replace("k: 1.5\n", "k: -2\n", 1)
    )
    with pytest.raises(ConfigError) as caught:
        load(cohort)
    text = str(caught.value)
    assert text.startswith("The configuration has 6 problems:")
    for part in (
        "clinic.yaml: title: is missing",
        "clinic.yaml: titel: unknown key; did you mean `title`?",
        "clinic.yaml: modelling.time: `cubic` is not allowed",
        "clinic.yaml: inclusion.min_sessions: `-1`",
        "instruments.yaml: CORE-10: `minimum` (0) must lie below `maximum` (-40)",
        "criteria.yaml: igra2025_style: k: `-2",
    ):
        assert part in text


def test_errors_of_several_cohorts_at_once(folder, load, cohort):
    other = copy.deepcopy(cohort)
    cohort["criterion"] = "igra2025"
    other["instruments"]["alliance"] = "SAy"
    (folder / "config/cohorts/other.yaml").write_text(yaml.safe_dump(other))
    with pytest.raises(ConfigError) as caught:
        load(cohort, {"cohorts": ["clinic", "other"]})
    text = str(caught.value)
    assert "clinic.yaml: criterion: `igra2025` is not known; did you mean `igra2025_style`?" in text
    assert "other.yaml: instruments.alliance: `SAy` is not known; did you mean `SAI`?" in text


def test_cohort_without_a_file(folder):
    with pytest.raises(ConfigError, match=r"no file .*igra2052.yaml; did you mean `igra2025`\?"):
        load_settings({"cohorts": ["igra2052"]}, folder / "config")


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        ({"cohorts": []}, "name at least one cohort"),
        ({"cohorts": ["../secret"]}, "a cohort name has only letters"),
        ({"cohorts": ["a b"]}, "a cohort name has only letters"),
        ({"cohorts": ["igra2025", "igra2025"]}, "a cohort is named twice"),
        ({"cohort": ["igra2025"]}, "unknown key; did you mean `cohorts`?"),
        ({"manuscript": {"engine": "pandok"}}, "did you mean `pandoc`?"),
    ],
)
def test_project_file(folder, project, expected):
    with pytest.raises(ConfigError) as caught:
        load_settings(project, folder / "config")
    assert expected in str(caught.value)
    assert "config/config.yaml" in str(caught.value)


def test_cohorts_on_the_command_line(folder, load, cohort):
    settings = load(cohort, {"cohorts": "igra2025, clinic"})
    assert list(settings.cohorts) == ["igra2025", "clinic"]


def test_instrument_that_measures_something_else(problems, cohort):
    cohort["instruments"]["symptoms"] = "IIP-32"
    assert problems(cohort) == [("instruments.symptoms", "`IIP-32` measures iip, not symptoms")]


@pytest.mark.parametrize(("role", "kind"), [("alliance", "sessions"), ("iip", "patients")])
def test_items_of_a_questionnaire_that_is_not_scored_here(problems, cohort, root, role, kind):
    """The message says why, and which total to deliver."""
    library = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    entries = {key: tool for key, tool in library.items() if tool["measures"] == role}
    not_scored = {key: tool for key, tool in entries.items() if "not_scored" in tool}
    assert not_scored
    cohort["columns"][kind][role] = {"items": "q{item}"}
    cohort.pop("synthetic", None)
    for key, tool in not_scored.items():
        cohort["instruments"][role] = key
        [message] = [text for where, text in problems(cohort) if where == f"columns.{kind}.{role}"]
        assert message.startswith(f"the score of `{key}` cannot be made from its items here")
        assert tool["not_scored"] in message
        low, high = tool["minimum"], tool["maximum"]
        assert f"deliver the total score, {low:g} to {high:g}, in one column" in message


def test_rci_needs_a_reliability(folder, load, cohort):
    with (folder / "config/criteria.yaml").open("a") as handle:
        handle.write("mine: {scale: rci, k: 1}\n")
    with pytest.raises(ConfigError) as caught:
        load(cohort)
    assert "criteria.yaml: mine: scale `rci` needs a `reliability`" in str(caught.value)


def test_broken_library_entry_is_one_problem(folder, problems, cohort):
    """The cohort that names it is not blamed as well."""
    for name, right, wrong in (
        ("instruments", "maximum: 40", "maximum: -40"),
        ("criteria", "k: 2\n", "k: -2\n"),
    ):
        file = folder / f"config/{name}.yaml"
        file.write_text(file.read_text().replace(right, wrong, 1))
    assert len(problems(cohort)) == 2


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("sesion", ["session", "alliance"], "did you mean `session`?"),
        ("xyz", ["session", "alliance"], "known: alliance, session"),
        ("xyz", [], "there are none"),
    ],
)
def test_did_you_mean(word, known, hint):
    assert did_you_mean(word, known) == hint
