"""One command from a clean folder to the paper."""

import json
import re
import zipfile

import pandas as pd
import pytest
from rupture_repair.provenance.verification import summary_line

CONTRACT = [
    "data/patients.parquet",
    "data/sessions.parquet",
    "data/analysis.parquet",
    "data/analysis.csv",
    "data/analysis_columns.csv",
    "models/refit.R",
    "validation/report.html",
    "validation/problems.csv",
    "ruptures/events.parquet",
    "ruptures/patterns.parquet",
    "ruptures/audit.html",
    "ruptures/patterns_by_criterion.parquet",
    *(
        f"tables/{name}.csv"
        for name in (
            "answers",
            "cohort",
            "pattern_breakdown",
            "model_comparison",
            "fixed_effects",
            "variance_components",
            "contrasts",
            "johnson_neyman",
            "chance",
            "chance_by_criterion",
            "criteria_breakdown",
            "criteria_agreement",
            "criteria_moves",
            "criteria_consistency",
            "rupture_hazard",
            "rupture_exposure",
        )
    ),
    *(
        f"figures/{name}.{ending}"
        for name in (
            "patient_flow",
            "pattern_breakdown",
            "chance_by_length",
            "criteria_agreement",
            "rupture_hazard",
            "alliance_trajectories",
            "symptom_trajectories",
            "simple_slopes",
            "johnson_neyman",
        )
        for ending in ("svg", "png", "alt.txt")
    ),
    "index.html",
    "verification.csv",
    "provenance.json",
    "manuscript/manuscript.html",
    "manuscript/manuscript.pdf",
    "manuscript/manuscript.docx",
    "manuscript/supplement.html",
    "manuscript/supplement.pdf",
    "manuscript/supplement.docx",
    "manuscript/source/manuscript.qmd",
    "manuscript/source/_manuscript.md",
]


@pytest.mark.parametrize("file", CONTRACT)
def test_every_file_of_the_contract_is_made(built, file):
    assert (built.results / file).stat().st_size > 0


def test_each_link_of_the_front_page_leads_to_a_result(built):
    page = (built.results / "index.html").read_text(encoding="utf-8")
    links = set(re.findall(r'(?:href|src)="([^"]*)"', page))
    assert [link for link in links if not (built.results / link).exists()] == []
    assert {"manuscript/manuscript.html", "figures/simple_slopes.png"} <= links
    listed = {link for link in links if link.startswith("tables/")}
    assert listed == {f"tables/{file.name}" for file in (built.results / "tables").glob("*.csv")}


def test_columns_of_the_contract(built):
    breakdown = pd.read_csv(built.results / "tables/pattern_breakdown.csv")
    assert list(breakdown) == ["pattern", "n", "percent", "published_percent"]
    effects = pd.read_csv(built.results / "tables/fixed_effects.csv")
    expected = ["model", "term", "estimate", "se", "df", "statistic", "p", "ci_low", "ci_high"]
    assert list(effects) == expected
    assert list(effects["model"].unique()) == ["M0", "M1", "M2", "M3"]


def test_detection_finds_the_planted_counts_in_the_ratings(built):
    breakdown = pd.read_csv(built.results / "tables/pattern_breakdown.csv").set_index("pattern")
    assert dict(breakdown["n"]) == {"none": 30, "unrepaired": 18, "repaired": 12}
    raw = [
        pd.read_csv(built.results / f"synthetic/{kind}.csv") for kind in ("patients", "sessions")
    ]
    for table in raw:
        assert not [name for name in table if "pattern" in name.lower()]
        assert not table.isin(["none", "repaired", "unrepaired"]).to_numpy().any()


def test_the_own_criterion_has_one_chance_in_both_tables(built):
    whole = pd.read_csv(built.results / "tables/chance.csv").query("length == 'all'")
    each = pd.read_csv(built.results / "tables/chance_by_criterion.csv")
    own = each[each["criterion"] == "igra2025_style"].drop(columns="criterion")
    pd.testing.assert_frame_equal(
        own.reset_index(drop=True), whole.drop(columns="length").reset_index(drop=True)
    )


def test_every_calibrated_row_is_met(built):
    table = pd.read_csv(built.results / "verification.csv")
    calibrated = table[table["kind"] == "calibrated"]
    assert len(calibrated) == 12
    assert set(calibrated["verdict"]) == {"met by construction"}
    assert list(table.loc[table["kind"] == "direction", "item"]) == [
        "moderation_iip",
        "moderation_length",
    ]


def test_the_terminal_ends_with_the_verdict_and_the_front_page(built):
    message = (built.folder / "terminal.txt").read_text(encoding="utf-8")
    table = pd.read_csv(built.results / "verification.csv")
    assert f"tiny: {summary_line(table)}." in message
    assert "could have failed" in summary_line(table)
    assert "tiny: paper, figures and tables: results/tiny/index.html" in message
    for item in table["item"]:
        assert item in message


def test_synthetic_data_are_named_in_paper_and_figures(built):
    html = (built.results / "manuscript/manuscript.html").read_text(encoding="utf-8")
    assert "Synthetic data." in html
    assert "come from synthetic data" in " ".join(html.split()).replace("</strong>", "")
    for figure in (built.results / "figures").glob("*.svg"):
        assert "Synthetic data" in figure.read_text(encoding="utf-8"), figure.name


def test_no_patient_is_named_in_what_can_be_shared(built):
    patients = pd.read_csv(built.results / "synthetic/patients.csv")["PatientID"]
    shared = [
        file
        for folder in ("tables", "figures", "manuscript", "manuscript/source", ".")
        for file in (built.results / folder).glob("**/*" if "source" in folder else "*")
        if file.suffix in {".csv", ".json", ".txt", ".html", ".svg", ".md", ".yml"}
    ]
    assert len(shared) > 20
    for file in shared:
        text = file.read_text(encoding="utf-8")
        text = re.sub(r"data:[^\"')]*", "", text)
        assert not [name for name in patients if name in text], file.name


def test_the_word_file_holds_figures_with_their_texts(built):
    xml, pictures = "", []
    for document in ("manuscript", "supplement"):
        with zipfile.ZipFile(built.results / f"manuscript/{document}.docx") as archive:
            xml += archive.read("word/document.xml").decode("utf-8")
            pictures += [name for name in archive.namelist() if name.startswith("word/media/")]
    texts = list((built.results / "figures").glob("*.alt.txt"))
    assert len(pictures) == len(texts) > 0
    for alt in texts:
        beginning = alt.read_text(encoding="utf-8").strip()[:40]
        assert f'descr="{beginning}' in xml, alt.name


def test_the_record_names_inputs_by_relative_path(built):
    record = json.loads((built.results / "provenance.json").read_text(encoding="utf-8"))
    files = [entry["file"] for entry in record["inputs"]]
    assert "data/published/tiny.csv" in files
    assert not [file for file in files if file.startswith("/")]
    assert record["synthetic"] is True
