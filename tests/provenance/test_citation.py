"""The citation of a run, as APA reference and as BibTeX."""

import json
import re

import pytest
import yaml
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.load import load_project
from rupture_repair.provenance.citation import address_of, apa, apa_article, bibtex, cite
from rupture_repair.provenance.record import checksums

RECORD = {
    "version": "1.2.3",
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "commit_date": "2026-05-06",
    "clean_tree": True,
    "cohort": "my_clinic",
    "synthetic": False,
    "inputs": [
        {"file": "data/private/clinic/p.csv", "sha256": "a1" * 32, "kind": "raw"},
        {"file": "data/private/clinic/s.csv", "sha256": "b2" * 32, "kind": "raw"},
        {"file": "data/published/x.csv", "sha256": "c3" * 32, "kind": "published"},
    ],
}
ABOUT = {"title": "tool: what it does", "authors": [{"name": "The contributors"}]}
PEOPLE = [
    {"family-names": "Igra", "given-names": "L."},
    {"family-names": "Jacobsen", "given-names": "C. F."},
]


def test_an_apa_reference_names_version_commit_cohort_and_data():
    assert apa(ABOUT, RECORD) == (
        "The contributors. (2026). tool: what it does (Version 1.2.3; commit 0123456789ab; "
        "cohort my_clinic; data SHA-256 p.csv a1a1a1a1a1a1, s.csv b2b2b2b2b2b2) "
        "[Computer software]."
    )


def test_bibtex_is_one_balanced_entry_with_the_same_facts():
    entry = bibtex(ABOUT, RECORD)
    assert entry.startswith("@software{rupture_repair_my_clinic_0123456,\n")
    fields = dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))
    assert fields == {
        "author": "{The contributors}",
        "title": "{tool: what it does}",
        "year": "2026",
        "version": "1.2.3",
        "note": r"commit 0123456789ab; cohort my\_clinic; "
        r"data SHA-256 p.csv a1a1a1a1a1a1, s.csv b2b2b2b2b2b2",
    }
    assert entry.count("{") == entry.count("}")


def test_a_changed_tree_and_synthetic_data_are_named_in_the_citation():
    record = RECORD | {"clean_tree": False, "synthetic": True}
    for text in (apa(ABOUT, record), bibtex(ABOUT, record)):
        assert "commit 0123456789ab with changes" in text
        assert "(synthetic)" in text


def test_without_a_repository_commit_and_year_are_unknown():
    record = RECORD | {"commit": None, "commit_date": None, "clean_tree": None}
    assert "(n.d.)" in apa(ABOUT, record)
    assert "commit unknown;" in apa(ABOUT, record)


def test_a_doi_stands_at_the_end():
    about = ABOUT | {"doi": "10.5281/zenodo.1", "authors": PEOPLE}
    reference = apa(about, RECORD)
    assert reference.startswith("Igra, L., & Jacobsen, C. F. (2026).")
    assert reference.endswith("[Computer software]. https://doi.org/10.5281/zenodo.1")
    assert "author = {Igra, L. and Jacobsen, C. F.}" in bibtex(about, RECORD)


def test_the_study_is_cited_in_apa_style(root):
    about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    (article,) = about["references"]
    assert apa_article(article) == (
        "Igra, L., Jacobsen, C. F., Falkenström, F., Lunn, S., Lauritzen, L., & Poulsen, S. "
        "(2025). Rupture patterns and outcomes: The moderating role of interpersonal functioning. "
        "Clinical Psychology & Psychotherapy, 32, e70181. https://doi.org/10.1002/cpp.70181"
    )


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("repository-code: https://example.org/a", "https://example.org/a"),
        ("repository-code: https://example.org/a\ndoi: 10.1/b", "https://doi.org/10.1/b"),
        ("title: c", None),
    ],
)
def test_the_address_is_the_doi_or_the_repository(tmp_path, named, address):
    file = tmp_path / "CITATION.cff"
    assert address_of(file) is None
    file.write_text(named, encoding="utf-8")
    assert address_of(file) == address


@pytest.mark.parametrize("clean", [True, False])
def test_cite_prints_the_run_that_is_there(root, tmp_path, monkeypatch, clean):
    for name in ("config", "data", "CITATION.cff"):
        (tmp_path / name).symlink_to(root / name)
    monkeypatch.chdir(tmp_path)
    settings = load_project("igra2025")
    with pytest.raises(ExpectedError, match="make reproduce COHORT=igra2025"):
        cite(settings)
    raw = tmp_path / "results/igra2025/synthetic"
    raw.mkdir(parents=True)
    for role in ("patients", "sessions"):
        (raw / f"{role}.csv").write_text(role, encoding="utf-8")
    inputs = [entry | {"kind": "raw"} for entry in checksums(map(str, sorted(raw.iterdir())))]
    record = RECORD | {"cohort": "igra2025", "clean_tree": clean, "inputs": inputs, "outputs": []}
    (tmp_path / "results/igra2025/provenance.json").write_text(json.dumps(record))
    status, message = cite(settings)
    assert status == 0
    assert message.count("commit 0123456789ab") == 2
    assert ("commit them before you cite" in message) is not clean
    assert "10.1002/cpp.70181" in message
