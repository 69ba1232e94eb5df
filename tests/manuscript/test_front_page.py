"""The front page of a run: what it says, links to and keeps private."""

import re

import pandas as pd
import pytest
from rupture_repair.config.steps.front_page import FrontPageSettings
from rupture_repair.manuscript.front_page import PRIVATE, first_sentence, front_page, verdict
from rupture_repair.provenance.record import SHAREABLE

RUN = {"name": "rupture-repair", "version": "1", "cohort": "clinic", "commit": "c" * 40}
ADDRESS = re.compile(r'(?:href|src)="([^"]*)"')


def verification(*rows):
    columns = ["description", "published", "recomputed", "kind", "verdict"]
    return pd.DataFrame(rows, columns=columns)


MET = ("Patients", "514", 514.0, "emergent", "reproduced")
MASKED = ("Repaired", "4", float("nan"), "emergent", "masked")
DRAWN = ("Patients", "514", 514.0, "calibrated", "met by construction")
FOUND = ("Moderation", "negative", -0.51234, "direction", "recovered")


@pytest.fixture
def page(tmp_path):
    """A function: the page of a cohort of these rows."""

    def made(*rows, title="Clinic", uncertified=0, missing=0, clean=True, **about):
        caption = tmp_path / "simple_slopes.caption.txt"
        caption.write_text("Slopes of <b>all</b>. A second sentence.", encoding="utf-8")
        (tmp_path / "simple_slopes.alt.txt").write_text('Lines "down"', encoding="utf-8")
        settings = {"synthetic": False, "calibrated": False, "confidential": True} | about
        tables = {
            "verification": verification(*rows),
            "certificates": pd.DataFrame({"verdict": ["passed"] + ["flat"] * uncertified}),
            "not_estimated": pd.DataFrame({"what": ["a variance"] * missing}),
        }
        settings = FrontPageSettings(name="clinic", title=title, **settings)
        return front_page(settings, RUN | {"clean_tree": clean}, tables, [str(caption)])

    return made


@pytest.mark.parametrize(
    ("rows", "synthetic", "words"),
    [
        ((), False, "No published figures are named for this cohort"),
        ((MET, MASKED), False, "1 of 2 published figures was reproduced."),
        ((MET, MET, MASKED), False, "2 of 3 published figures were reproduced."),
        ((DRAWN,), True, "All 1 published figures are met by construction"),
        ((DRAWN, DRAWN, FOUND), True, "2 of 3 published figures are met by construction: the "),
    ],
)
def test_the_verdict(rows, synthetic, words):
    assert verdict(verification(*rows), synthetic=synthetic).words.startswith(words)


def test_of_a_synthetic_cohort_what_could_fail_is_told_apart():
    text = verdict(verification(DRAWN, DRAWN, FOUND), synthetic=True).words
    assert text.endswith("1 of the other 1 was recovered.")


def test_text_of_users_is_escaped(page):
    made = page(title="<script>alert('a')</script>")
    assert "<script" not in made and "&lt;script&gt;" in made
    assert "Slopes of &lt;b&gt;all&lt;/b&gt;." in made and "second sentence" not in made
    assert 'alt="Lines &#34;down&#34;"' in made


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs(page):
    made = page(MET)
    found = ADDRESS.findall(made)
    assert len(found) > 50
    assert [address for address in found if ":" in address or address.startswith("/")] == []
    assert "url(" not in made and "@import" not in made and "<script" not in made


def test_what_may_not_be_shared_is_in_the_private_part_and_nowhere_else(page):
    open_part, _, private = page(MET).partition('<section class="private"')
    tops = {address.split("/")[0] for address in ADDRESS.findall(open_part)}
    assert tops == set(SHAREABLE) - {"index.html"}
    assert sorted(ADDRESS.findall(private)) == sorted(PRIVATE.values())
    assert not {address.split("/")[0] for address in PRIVATE.values()} & set(SHAREABLE)


def test_only_what_could_have_come_out_otherwise_is_listed(page):
    made = page(DRAWN, FOUND, synthetic=True, calibrated=True)
    assert "<td>recovered</td><td>negative</td><td>−0.5123</td>" in made
    assert "met by construction</td>" not in made
    assert "<td>masked</td><td>4</td><td>–</td>" in page(MASKED)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"synthetic": True, "calibrated": True}, "drawn at random so that they meet"),
        ({"synthetic": True}, "no row is a real patient"),
        ({}, "counts of fewer than 5 patients are masked"),
        ({"confidential": False}, "nothing is masked"),
    ],
)
def test_who_is_in_the_data(page, about, words):
    assert words in page(MET, **about)


def test_doubts_are_said_and_only_then(page):
    assert 'doubts">' not in page(MET)
    made = page(MET, uncertified=1, missing=2, clean=False)
    assert "1 fit of a model did not pass all numerical checks" in made
    assert "2 things could not be estimated" in made
    assert "The sources were changed" in made


def test_the_first_sentence_of_a_caption():
    assert first_sentence("Shares of Igra et al. (2025), p < .05. Left: more.") == (
        "Shares of Igra et al. (2025), p < .05."
    )
