"""An edit makes the rules that use it stale, and no others."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from rupture_repair.provenance.imports import package_files

PACKAGE = "workflow/rupture_repair"
COHORT = "config/cohorts/tiny.yaml"
PAPER = {"render_manuscript", "record_provenance"}
FIGURES = {"draw_ratings", "draw_models"}
FROM_COUNTS = {"share_counts", "verify_published", "answer_questions", "write_front_page"}
FROM_COUNTS |= FIGURES | PAPER
FROM_MODELS = {"tabulate_models", "compare_posterior"} | FROM_COUNTS
FROM_DETECTION = {"detect_ruptures", "audit_ruptures", "describe_cohort"} | FROM_MODELS
FROM_DETECTION |= {"fit_models", "resample_therapists", "count_reliable_change"}
FROM_DETECTION |= {"build_analysis_table", "analyse_sensitivity", "weigh_shared_noise"}
MULTIVERSE = {"tabulate_multiverse"}
FROM_ADMISSION = {
    "admit_patients",
    "run_multiverse",
    "resample_multiverse",
    "strip_thresholds",
    *MULTIVERSE,
    "expect_by_chance",
} | FROM_DETECTION
FROM_ADMISSION |= {"weigh_rules", "compare_criteria", "follow_exposure"}
EVERYTHING = {"simulate_cohort", "validate_cohort", "report_problems", "record_run"}
EVERYTHING |= FROM_ADMISSION

# an edited module → the rules that are run again, those that follow from them included; a long
# test goes through every module
MODULES = {
    "config/criteria.py": EVERYTHING,
    "detection/audit.js": {"audit_ruptures", "record_provenance"},
    "figures/simple_slopes.py": {"draw_models", "write_front_page"} | PAPER,
}
RENDERED = {"render", "render_comparison", "record_provenance", "record_comparison"}
# the scripts that use a module, directly or through others
USERS = {
    "config/criteria.py": {
        *("simulate", "detect", "expect_by_chance", "compare_criteria"),
        "weigh_rules",
        *("follow_exposure", "audit", "describe", "fit", "tabulate", "render", "verify"),
        *("pool", "draw_forest", "render_comparison"),
        *("run", "resample", "strip", "weigh_shared_noise"),
        *("resample_therapists", "count_change", "analyse_sensitivity"),
        *("build_analysis_table", "share", "answer"),
        *("draw", "submit", "translate"),
        *("record_run", "pose_posterior", "compare_posterior", "front_page"),
    },
    "cohort/lengths.py": {"simulate"},
    "cohort/raw.py": {"validate", "admit"},
    "validation/admission.py": {"admit", "validate"},
    "validation/report.py": {"report_problems"},
    "validation/schemas.py": {"validate", "admit", "detect"},
    "detection/scales.py": {
        *("simulate", "detect", "expect_by_chance", "compare_criteria"),
        "weigh_rules",
        *("follow_exposure", "audit", "run", "resample", "analyse_sensitivity"),
        *("strip", "weigh_shared_noise"),
    },
    "detection/breakdown.py": {"detect", "compare_criteria"},
    "detection/null_model.py": {
        *("expect_by_chance", "weigh_shared_noise", "resample"),
    },
    "detection/noise_variances.py": {
        *("expect_by_chance", "weigh_shared_noise", "resample"),
    },
    "detection/bands.py": {"expect_by_chance", "follow_exposure"},
    "detection/exposure.py": {"follow_exposure"},
    "detection/agreement.py": {"compare_criteria"},
    "detection/audit.css": {"audit"},
    "detection/audit.js": {"audit"},
    "modelling/design.py": {
        *("build_analysis_table", "describe", "fit", "tabulate", "resample_therapists"),
        *("run", "resample", "analyse_sensitivity"),
        *("strip", "weigh_shared_noise", "render", "pose_posterior", "compare_posterior"),
    },
    "modelling/describe.py": {"describe"},
    "modelling/effects.py": {
        *("tabulate", "analyse_sensitivity", "resample_therapists", "render"),
        *("pose_posterior", "compare_posterior"),
    },
    "modelling/headline.py": {
        *("tabulate", "analyse_sensitivity", "resample_therapists", "render"),
        *("pose_posterior", "compare_posterior"),
    },
    "modelling/robustness.py": {"resample_therapists"},
    "modelling/sensitivity.py": {"analyse_sensitivity"},
    "modelling/variants.py": {"analyse_sensitivity"},
    "modelling/within_person.py": {"analyse_sensitivity"},
    "modelling/samples.py": {"analyse_sensitivity", "run", "resample", "strip"},
    "modelling/diagnostics.py": {"tabulate"},
    "modelling/reliable_change.py": {"count_change", "render"},
    "multiverse/specifications.py": {"run", "tabulate", "resample", "strip", "render"},
    "multiverse/fits.py": {"run", "resample", "strip"},
    "multiverse/variance_shares.py": {"tabulate"},
    "multiverse/inference.py": {"resample", "tabulate"},
    "multiverse/resampling.py": {"resample"},
    "disclosure/sharing.py": {"share"},
    "disclosure/wording.py": {"share"},
    "words/templates.py": {
        *("share", "answer", "render", "front_page", "report_problems", "audit"),
        *("draw_forest", "render_comparison"),
    },
    "words/pages.py": {"report_problems", "audit", "front_page"},
    "disclosure/suppression.py": {
        *("share", "render", "render_comparison", "front_page"),
        *("draw", "draw_forest", "submit", "translate"),  # the words on figures write counts
    },
    "figures/style.py": {"draw", "draw_forest", "submit", "translate"},
    "figures/load.py": {"draw", "render", "render_comparison", "submit", "translate"},
    "words/apa.py": {
        *("render", "draw_forest", "render_comparison", "answer", "front_page"),
        *("share", "report_problems", "audit"),
    },
    "manuscript/engines.py": {
        "render",
        "render_comparison",
        "record_provenance",
        "record_comparison",
    },
    "manuscript/pandoc_engine.lua": {
        "render",
        "render_comparison",
        "record_provenance",
        "record_comparison",
    },
    "manuscript/pandoc_engine.word.lua": {
        "render",
        "render_comparison",
        "record_provenance",
        "record_comparison",
    },
    "comparison/slopes.py": {"pool", "draw_forest", "render_comparison"},
    "comparison/pooling.py": {"pool"},
    "comparison/forest_plot.py": {"draw_forest"},
    "comparison/forest_parts.py": {"draw_forest", "render_comparison"},
    "comparison/report.py": {"render_comparison"},
    "comparison/results.py": {"render_comparison"},
    "comparison/tables.py": {"render_comparison"},
    "provenance/record.py": {"record_run", "record_provenance", "record_comparison"},
    "provenance/source.py": {"record_run", "record_provenance", "record_comparison"},
    "provenance/verification.py": {"verify"},
    "provenance/imports.py": set(),
    "provenance/closing.py": set(),
    "provenance/outcome.py": set(),
    "provenance/verdicts.py": set(),
    "config/document.py": set(),
    "__main__.py": set(),
}
NO_MATTER = [
    (f"{PACKAGE}/provenance/imports.py",),
    (f"{PACKAGE}/__main__.py",),
]
# in modules that nearly every script imports
WITHOUT_MEANING = [
    (f"{PACKAGE}/config/errors.py", None, "\n# edited\n"),
    (f"{PACKAGE}/config/base.py", '"""What every', '"""Edited: what every'),
    (f"{PACKAGE}/provenance/log.py", "after {start:.3f} s to start", "and {start:.3f} s to start"),
]
EDITS = {name: [(f"{PACKAGE}/{name}",)] for name in MODULES} | {
    "what no rule uses": NO_MATTER,
    "comments": WITHOUT_MEANING,
    "a comment": [(COHORT, None, "\n# edited\n")],
    "lengths to be shown": [(COHORT, "  - 20\n", "  - 15\n")],
    "one more specification": [("config/multiverse.yaml", None, "also:\n- {k: 3}\n")],
    "a section of the paper": [("reports/_sections/_discussion.md", None, "\nEdited.\n")],
    "a sentence": [("reports/words/en/discussion.jinja", "Nobody in the file", "No one of it")],
    "the name of an analysis": [("reports/words/en/csv/analyses.jinja", "Linear time", "Time")],
    "a word of a page": [("reports/pages/audit.html", "patients have at least", "have at least")],
    "the name of a criterion": [
        ("config/criteria.yaml", "1.5-SD drop, session", "1.5-SD drop, by session")
    ],
    "a deleted table": ["tables/fixed_effects.csv"],
    "a deleted figure": ["figures/johnson_neyman.png"],
}


@pytest.fixture(scope="module")
def plan_after(built, tmp_path_factory):
    """A function: what a run would do after edits, by the number of jobs of each rule."""

    @cache
    def planned(*names):
        project = built.copy(tmp_path_factory.mktemp("stale") / "project")
        for edit in (edit for name in names for edit in EDITS[name]):
            if isinstance(edit, str):
                (project.results / edit).unlink()
            else:
                project.edit(*edit)
        jobs = project.plan()
        shutil.rmtree(project.folder)
        return jobs

    return planned


def test_nothing_is_done_after_edits_of_modules_that_no_rule_uses(plan_after):
    """A second run does nothing either: these edits come after the first one."""
    assert plan_after("what no rule uses") == {}


def test_an_edited_sentence_renders_the_paper_anew_and_comments_compute_nothing(plan_after):
    """Each plan takes seconds: what one edit makes stale must not hide behind the other."""
    assert plan_after("comments", "a sentence") == dict.fromkeys(PAPER, 1)


def test_a_deleted_table_and_an_edited_page_are_made_again_with_what_depends_on_them(plan_after):
    page = MODULES["detection/audit.js"]
    assert page - FROM_COUNTS == {"audit_ruptures"}
    assert set(plan_after("a deleted table", "detection/audit.js")) == FROM_COUNTS | page


@pytest.mark.long
def test_comments_docstrings_and_words_of_the_log_are_recorded(plan_after):
    assert plan_after("comments") == {"record_provenance": 1}


def test_the_name_of_an_analysis_makes_tables_and_what_shows_them_anew(plan_after):
    """No model is fitted, and nothing is detected or simulated again."""
    assert set(plan_after("the name of an analysis")) == FROM_COUNTS


@pytest.mark.long
def test_a_word_of_a_page_makes_that_page_anew(plan_after):
    assert plan_after("a word of a page") == {"audit_ruptures": 1, "record_provenance": 1}


@pytest.mark.long
def test_the_name_of_a_criterion_computes_nothing(plan_after):
    shown = FIGURES | PAPER | {"audit_ruptures", "record_run", "write_front_page"}
    assert set(plan_after("the name of a criterion")) <= shown


@pytest.mark.long
@pytest.mark.parametrize("edit", ["a section of the paper", "a sentence"])
def test_an_edited_text_renders_the_paper_anew(plan_after, edit):
    assert plan_after(edit) == dict.fromkeys(PAPER, 1)


@pytest.mark.long
def test_a_deleted_table_is_made_again(plan_after):
    assert set(plan_after("a deleted table")) == FROM_COUNTS


@pytest.mark.long
@pytest.mark.parametrize("module", MODULES)
def test_an_edited_module(plan_after, module):
    assert set(plan_after(module)) == MODULES[module]


@pytest.mark.long
def test_one_edited_figure_draws_those_of_its_kind(plan_after):
    expected = dict.fromkeys({"draw_models", "write_front_page"} | PAPER, 1)
    assert plan_after("figures/simple_slopes.py") == expected


@pytest.mark.long
def test_a_comment_in_the_cohort_file_is_recorded_and_computes_nothing(plan_after):
    assert set(plan_after("a comment")) == {"record_provenance"}


@pytest.mark.long
def test_lengths_to_be_shown_fit_no_model_anew(plan_after):
    assert set(plan_after("lengths to be shown")) == FROM_MODELS | {"record_run"}


@pytest.mark.long
def test_one_more_specification_computes_one(plan_after):
    """The others are not fitted again, and nothing is resampled."""
    jobs = plan_after("one more specification")
    assert jobs["run_multiverse"] == 1
    assert set(jobs) == {"run_multiverse", "record_run"} | MULTIVERSE | FROM_COUNTS


@pytest.mark.long
def test_a_deleted_figure_is_drawn_again(plan_after):
    assert plan_after("a deleted figure") == dict.fromkeys(
        {"draw_models", "write_front_page"} | PAPER, 1
    )


@pytest.mark.parametrize("module", USERS)
def test_the_scripts_that_use_a_module(root, module):
    file = str(root / PACKAGE / module)
    scripts = (root / "workflow/scripts").glob("*/*.py")
    assert {script.stem for script in scripts if file in package_files(script)} == USERS[module]


def test_what_only_a_type_checker_reads_is_no_dependency(tmp_path):
    script = tmp_path / "script.py"
    names = ("config.base", "config.reporting", "config.reading")
    first, second, third = (f"import rupture_repair.{name}\n" for name in names)
    script.write_text(
        f"from typing import TYPE_CHECKING\n{first}if TYPE_CHECKING:\n    {second}"
        f"def late():\n    {third}",
        encoding="utf-8",
    )
    found = {Path(file).stem for file in package_files(script)} - {"__init__"}
    assert found == {"base", "errors", "reading"}


def test_a_script_without_the_package_depends_on_none_of_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import json\nfrom pathlib import Path\n", encoding="utf-8")
    assert package_files(script) == []
