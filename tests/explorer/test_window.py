"""A window is sent what follows from its last choice, in order, and no more than may be shown."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from rupture_repair.explorer.app import course_of, file_asked_for, written, yaml_of
from rupture_repair.explorer.choice import ChoiceError, chosen
from rupture_repair.explorer.page import content_policy, explorer_page
from rupture_repair.explorer.recompute import Results
from rupture_repair.explorer.sharing import Sharing
from rupture_repair.explorer.window import Window

ORDER = ["choice", "breakdown", "moderation", "hazard", "patients", "chance"]


def followed(results, sharing, *queries):
    """Return the messages after turning to each query at once, and the window."""
    sent = []

    async def send(kind, content):
        sent.append((kind, json.loads(json.dumps(content, allow_nan=False))))

    async def turned():
        with ThreadPoolExecutor(1) as quick, ThreadPoolExecutor(1) as slow:
            window = Window(results, sharing, quick, slow, send)
            for version, query in enumerate(queries, start=1):
                window.follow(version, query)
                await asyncio.sleep(0)
            await window._task
            return window

    return sent, asyncio.run(turned())


def test_everything_arrives_in_order(results):
    sent, _ = followed(results, Sharing(results.explored), "k=2")
    assert [kind for kind, _ in sent] == ORDER
    assert {content["version"] for _, content in sent} == {1}
    found = dict(sent)
    shown = results.breakdown(chosen({"k": 2.0}, results.explored.own, results.explored.multiverse))
    assert found["breakdown"]["n"]["repaired"] == shown["n_repaired"]
    assert len(found["patients"]["id"]) == len(results.explored.patients)


def test_what_is_out_of_date_is_given_up(results):
    queries = [f"k={1 + n / 20}" for n in range(20)]
    sent, _ = followed(results, Sharing(results.explored), *queries)
    assert [kind for kind, content in sent if content["version"] == 20] == ORDER
    assert [kind for kind, content in sent if content["version"] < 20] == []


def test_a_choice_that_cannot_be_is_refused_in_words(results):
    sent, _ = followed(results, Sharing(results.explored), "k=0")
    assert [kind for kind, _ in sent] == ["refused"]
    assert "k" in sent[0][1]["why"]


def test_a_failure_is_reported(results, monkeypatch):
    def fails(choice):
        raise RuntimeError("secret P0001")

    monkeypatch.setattr(results, "moderation", fails)
    with pytest.raises(RuntimeError):
        followed(results, Sharing(results.explored), "k=2.15")


def test_a_shareable_page_has_no_single_patient(results):
    sharing = Sharing(results.explored, shareable=True)
    sent, window = followed(results, sharing, "k=2&scale=own_sd")
    assert [kind for kind, _ in sent] == [kind for kind in ORDER if kind != "patients"]
    page = explorer_page(sharing)
    answer = page + json.dumps(sent)
    assert not [p for p in results.explored.patients["patient_id"] if f'"{p}"' in answer]
    assert 'id="list"' not in page
    assert 'id="write"' not in page
    assert "Private" not in page
    for name in ("pattern_breakdown.csv", "moderation.csv", "rupture_hazard.csv"):
        text = file_asked_for({"name": name}, window)["text"]
        assert text.count("\n") > 1


def test_counts_of_real_patients_are_masked(real):
    results, sharing = Results(real), Sharing(real, shareable=True)
    assert sharing.masked
    sent, window = followed(results, sharing, "scale=own_sd&k=3")
    found = dict(sent)
    counts = results.breakdown(window.shown.choice)
    assert 0 < counts["n_repaired"] < 5
    assert found["breakdown"]["n"]["repaired"] is None
    assert found["breakdown"]["percent"]["repaired"] is None
    shown = [n for n in found["breakdown"]["n"].values() if n is not None]
    assert all(n == 0 or n >= 5 for n in shown)
    assert found["breakdown"]["moves"] is None
    assert found["hazard"]["session"] == []
    own = dict(followed(results, sharing, "")[0])
    assert own["breakdown"]["n"]["repaired"] == 12
    assert own["hazard"]["session"]
    assert found["moderation"]["n_repaired"] is None
    assert all(n is None or n == 0 or n >= 5 for n in found["hazard"]["n_first_ruptures"])
    text = file_asked_for({"name": "pattern_breakdown.csv"}, window)["text"]
    assert "repaired,,," in text
    assert not Sharing(real).masked  # the private page, on this machine


@pytest.mark.parametrize(
    ("content", "allowed"),
    [
        ({}, True),
        ({"k": 2.5, "scale": "own_sd"}, True),
        ({"length": "none", "time": "linear"}, True),
        ({"k": 1.55}, False),
        ({"min_sessions": 4}, False),
        ({"winsorise": 0.02}, False),
        ({"scale": "between_sd"}, False),
        ({"scale": "between_sd", "k": 1.0}, True),  # a named criterion
    ],
)
def test_close_choices_that_would_tell_of_single_patients_are_not_computed(real, content, allowed):
    choice = chosen(content, real.own, real.multiverse)
    Sharing(real).require_allowed(choice)
    if allowed:
        Sharing(real, shareable=True).require_allowed(choice)
    else:
        with pytest.raises(ChoiceError, match="shareable"):
            Sharing(real, shareable=True).require_allowed(choice)


def test_course_and_yaml_of_what_is_shown(results):
    _, window = followed(results, Sharing(results.explored), "k=2&repair_window=3")
    found = results.detection(window.shown.choice)
    patient = found.events["patient_id"].iloc[0]
    course = course_of({"id": patient}, window)
    assert course["window"] == 3
    assert course["patient"]["id"] == patient
    own = found.events[found.events["patient_id"] == patient]
    assert [r["session"] for r in course["patient"]["ruptures"]] == own["session"].tolist()
    assert course_of({"id": "nobody"}, window) == {}
    answer = yaml_of({"name": "a: b", "query": "k=2"}, window)
    assert answer["criterion"].startswith("# ")
    assert answer["row"] == "- k: 2.0\n"


def test_figures_are_those_of_the_package(results):
    _, window = followed(results, Sharing(results.explored), "k=2")
    for name in ("pattern_breakdown.svg", "rupture_hazard.svg"):
        svg = file_asked_for({"name": name}, window)["text"]
        assert svg.startswith("<?xml")
        assert "<title>" in svg
    assert file_asked_for({"name": "../../etc/passwd"}, window)["text"] == ""


def test_writing_says_why_not(results):
    _, window = followed(results, Sharing(results.explored), "k=2")
    answer = written({"query": "k=2", "name": "rci", "use": True}, window)
    assert "already" in answer["message"]


def test_the_policy_names_every_script_of_the_page_and_no_address(results):
    page = explorer_page(Sharing(results.explored))
    policy = content_policy(page)
    assert policy.count("'sha256-") == page.count("<script>") + page.count("<style>")
    assert "unsafe" not in policy
    assert "http" not in policy
    for outside in ('src="http', 'href="http', "url(http", "//cdn", "@import"):
        assert outside not in page
