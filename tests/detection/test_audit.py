"""What the audit page embeds, and that no cell of the data can break out of it."""

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from audited import audit_settings
from rating_tables import HOSTILE
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.audit import audit_records, render_audit
from rupture_repair.detection.detector import detect


@pytest.fixture(scope="module")
def settings(instruments):
    return audit_settings(instruments, title="Clinic <b>& co</b>")


@pytest.fixture(scope="module")
def found(small_cohort):
    return detect(small_cohort.sessions, Criterion())


def page_of(sessions, settings, criterion=None):
    found = detect(sessions, criterion or Criterion())
    return render_audit(sessions, found.events, found.patterns, settings)


class _Scripts(HTMLParser):
    """Collects scripts as a browser would separate them."""

    def __init__(self):
        super().__init__()
        self.scripts, self.tags, self.inside = [], [], False

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            self.scripts[-1] += data


def parsed(page):
    parser = _Scripts()
    parser.feed(page)
    return parser


def test_every_patient_with_a_rupture_and_no_other(small_cohort, found):
    records = audit_records(small_cohort.sessions, found.events, found.patterns)
    flagged = found.patterns.loc[found.patterns["n_ruptures"] > 0, "patient_id"]
    assert {record["id"] for record in records} == set(flagged)
    assert len(records) == 36
    assert {record["pattern"] for record in records} == {"unrepaired", "repaired"}
    drops = [max(rupture["drop"] for rupture in record["ruptures"]) for record in records]
    assert drops == sorted(drops, reverse=True)


def test_a_record_holds_the_ratings_and_ruptures_of_its_patient(small_cohort, found):
    for record in audit_records(small_cohort.sessions, found.events, found.patterns):
        own = small_cohort.sessions.query("patient_id == @record['id']").sort_values("session")
        assert record["sessions"] == own["session"].tolist()
        for role in ("alliance", "symptoms"):
            shown = pd.Series(record[role], dtype=float)
            pd.testing.assert_series_equal(
                shown, own[role].reset_index(drop=True), check_names=False, atol=1e-4
            )
        events = found.events.query("patient_id == @record['id']")
        assert len(record["ruptures"]) == len(events)
        for shown, event in zip(record["ruptures"], events.itertuples(), strict=True):
            assert shown["session"] == event.session
            assert shown["drop"] == pytest.approx(event.drop, abs=1e-4)
            assert shown["reference"] - shown["rating"] == pytest.approx(shown["drop"], abs=2e-4)
            assert shown["drop"] >= shown["threshold"] - 2e-4
            repaired = None if pd.isna(event.repaired_at) else event.repaired_at
            assert shown["repaired_at"] == repaired


def test_missing_ratings_and_a_rupture_in_the_last_session():
    sessions = pd.DataFrame(
        {
            "patient_id": "A",
            "session": [4, 1, 2, 3],
            "alliance": [1.0, 4.0, None, 4.0],
            "symptoms": [None, 20.0, 19.5, 17 + 2 / 3],
        }
    )
    found = detect(sessions, Criterion(scale="absolute", k=2))
    [record] = audit_records(sessions, found.events, found.patterns)
    assert record["sessions"] == [1, 2, 3, 4]
    assert record["alliance"] == [4, None, 4, 1]
    assert record["symptoms"] == [20, 19.5, 17.6667, None]
    [rupture] = record["ruptures"]
    assert (rupture["session"], rupture["drop"], rupture["threshold"]) == (4, 3, 2)
    assert rupture["repaired_at"] is None
    assert rupture["observable"] is False


def test_the_page_names_cohort_criterion_and_privacy(small_cohort, settings):
    page = page_of(small_cohort.sessions, settings)
    assert "Clinic &lt;b&gt;&amp; co&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "Private: patient-level." in page
    assert "<strong>igra2025 style</strong>" in page
    assert "36 of 80 patients" in page
    assert "could not be classified" not in page
    offered = re.search(r'<select id="pattern">(.*?)</select>', page).group(1)
    assert re.findall(r'value="(.*?)"', offered) == ["", "unrepaired", "repaired"]
    assert "Synthetic data" not in page
    known = page_of(small_cohort.sessions, settings.model_copy(update={"synthetic": True}))
    assert "Synthetic data" in known
    assert "Private: patient-level." in known


def test_the_page_explains_each_parameter(small_cohort, settings):
    page = html.unescape(page_of(small_cohort.sessions, settings))
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', page)
    shown = {name: value for name, value, _ in rows}
    assert list(shown) == list(Criterion.model_fields)
    assert shown["scale"] == "pooled_within_sd"
    assert shown["k"] == "1.5"
    assert shown["repair_window"] == "–"  # none: until the end
    for name, _, meaning in rows:
        assert meaning == (Criterion.model_fields[name].description or "").replace("`", "")
    assert all(meaning for name, _, meaning in rows if name not in {"source", "assumed"})


def test_the_page_loads_nothing_and_runs_its_own_script_alone(small_cohort, settings):
    page = page_of(small_cohort.sessions, settings)
    assert re.findall(r"https?://\S+", page) == ['http://www.w3.org/2000/svg";']
    policy = next(
        a["content"] for tag, a in parsed(page).tags if a.get("http-equiv") and tag == "meta"
    )
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    own = parsed(page).scripts[1]
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_pseudonym_cannot_inject_markup(hostile, settings):
    sessions = pd.DataFrame(
        {
            "patient_id": [hostile] * 4,
            "session": [1, 2, 3, 4],
            "alliance": [4.0, 1.0, 4.0, 4.0],
            "symptoms": 10.0,
        }
    )
    page = page_of(sessions, settings, Criterion(scale="absolute", k=2))
    plain = parsed(page_of(sessions.assign(patient_id="A"), settings, Criterion(scale="absolute")))
    assert [tag for tag, _ in parsed(page).tags] == [tag for tag, _ in plain.tags]
    data = json.loads(parsed(page).scripts[0])
    assert [record["id"] for record in data["patients"]] == [hostile]


def test_a_cohort_without_ruptures_gives_a_page(settings):
    sessions = pd.DataFrame(
        {"patient_id": ["A", "A", "B"], "session": [1, 2, 1], "alliance": 3.0, "symptoms": 1.0}
    )
    page = page_of(sessions, settings)
    assert "0 of 2 patients" in page
    assert "1 could not be classified" in page
    assert json.loads(parsed(page).scripts[0])["patients"] == []


def test_the_same_tables_give_the_same_bytes(small_cohort, settings):
    shuffled = small_cohort.sessions.sample(frac=1, random_state=3)
    assert page_of(small_cohort.sessions, settings) == page_of(shuffled, settings)
