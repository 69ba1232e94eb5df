"""The explorer as hands use it: every control, links, two windows, keys, a phone."""

import json
import re
import shutil
import subprocess
import time

import pandas as pd
import pytest
import yaml
from random_choices import random_choices
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.detection.detector import detect
from rupture_repair.disclosure.wording import said
from rupture_repair.explorer.choice import to_query
from rupture_repair.modelling.engine import MixedModel
from rupture_repair.multiverse.formula import GROUPS, MODERATION, formula_of, modelled_sessions
from rupture_repair.multiverse.samples import sample_of
from serving import served
from webdriver import Browser

pytestmark = pytest.mark.long

BACKSPACE, TAB = "\ue003", "\ue004"
STATE = "return window.explorer && explorer.state.{} || null"
TEXT = "return document.getElementById(arguments[0]).textContent"


@pytest.fixture(scope="module")
def address(explored):
    with served(explored) as found:
        yield found


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"), size=(1400, 1200))
    yield browser
    browser.close()


@pytest.fixture
def page(window, address):
    """The page of the cohort's own analysis, all of it there."""
    window.open(address)
    settled(window)
    return window


def settled(page, wanted="chance", timeout=60):
    """Wait until all that was asked for is shown; return the state."""
    end = time.time() + timeout
    while time.time() < end:
        state = page.run("return window.explorer ? explorer.state : null")
        busy = page.run("return document.getElementById('progress').textContent")
        if state and wanted in state and not busy:
            return state
        time.sleep(0.03)
    raise AssertionError(f"not settled: {busy}")


def turned(page, act):
    """Return the state after `act` has changed the choice."""
    before = page.run("return explorer.state.choice.version")
    act()
    end = time.time() + 60
    while time.time() < end:
        state = page.run("return explorer.state")
        done = state["chance"]["version"]
        idle = not page.run("return document.getElementById('progress').textContent")
        if idle and (done > before or state.get("refused", {}).get("version", 0) > before):
            return state
        time.sleep(0.03)
    raise AssertionError("nothing was computed")


def put(page, name, value):
    """Set a control as a hand does, and say so."""
    page.run(
        "const control = document.getElementById(arguments[0]); control.value = arguments[1];"
        "control.dispatchEvent(new Event('input', {bubbles: true}));"
        "control.dispatchEvent(new Event('change', {bubbles: true}));",
        name,
        value,
    )


def test_the_page_shows_the_cohorts_own_analysis(page, explored, results):
    shown = results.breakdown(explored.own)
    for pattern in PATTERNS:
        assert f"{shown[f'percent_{pattern}']:.1f}%" in page.run(TEXT, "brief")
    assert page.run("return document.title").endswith("(private)")
    assert page.run("return document.getElementById('criterion').value") == "igra2025_style"
    assert "Nobody" in page.run(TEXT, "moved")
    assert page.complaints() == []


def test_every_control_changes_the_choice(page):
    names = page.run("return [...document.querySelectorAll('[data-choice]')].map(c => c.id)")
    assert len(names) >= 15
    for name in names:
        values = page.run(
            "const c = document.getElementById(arguments[0]);"
            "return c.options ? [...c.options].map(o => o.value) : ['3.5', '4', '6']",
            name,
        )
        if name == "reliability":
            values = ["0.7", "0.6"]
            turned(page, lambda: put(page, "scale", '"rci"'))
        own = page.run("return String(explorer.state.choice.content[arguments[0]])", name)
        if name != "k":
            values = [value for value in values if value != "3.5"]
        other = next(value for value in values if value != own and value != f'"{own}"')
        state = turned(page, lambda name=name, other=other: put(page, name, other))
        content = state["choice"]["content"]
        if name != "max_gap" or content["reference"] == "previous":
            assert content[name] == json.loads(other), name
        turned(page, lambda: page.click("#reset"))
    assert page.run("return explorer.state.choice.changed") == []
    assert page.complaints() == []


def test_named_criteria(page, explored):
    for name in ("rci", "shewhart_western_electric", "tang_derubeis_style"):
        state = turned(page, lambda name=name: put(page, "criterion", name))
        assert state["choice"]["named"] == name
        rule = explored.settings.criteria[name]
        assert state["choice"]["content"]["k"] == rule.k
    assert "tang derubeis" in page.run(TEXT, "also")
    state = turned(page, lambda: put(page, "reference", '"own_mean"'))
    assert "needs the reference" in page.run(TEXT, "refused")


def shown_numbers(page):
    """Read breakdown and moderation from the page, as a person would."""
    table = page.run(
        "return [...document.querySelectorAll('#breakdown-table tbody tr')].map("
        "r => [...r.cells].map(c => c.textContent))"
    )
    counts = dict(zip(("none", "unrepaired", "repaired"), table, strict=False))
    words = page.run(TEXT, "estimate").replace("−", "-")
    evidence = page.run(TEXT, "evidence").replace("−", "-")
    return {name: int(row[1]) for name, row in counts.items()}, words, evidence


def test_fifty_random_choices_show_what_detect_and_fit_give(page, explored, results, address):
    """Detection and model are made from the raw tables for each choice, with nothing kept."""
    therapist = explored.patients.set_index("patient_id")["therapist_id"]
    tool = explored.settings.instruments["alliance"]
    estimated = 0
    for choice in random_choices(explored, 50, 11):
        query = to_query(choice)
        turned(
            page,
            lambda query=query: page.run(
                "history.replaceState(null, '', '?' + arguments[0]);"
                "dispatchEvent(new PopStateEvent('popstate'))",
                query,
            ),
        )
        counts, words, evidence = shown_numbers(page)
        sample = sample_of(
            explored.sessions, choice.min_sessions, choice.winsorise, therapist,
            choice.min_patients_per_therapist,
        )  # fmt: skip
        patterns = detect(sample, choice.criterion, instrument=tool).patterns
        expected = patterns["pattern"].value_counts()
        assert counts == {name: expected.get(name, 0) for name in PATTERNS}, query
        row = results.moderation(choice).iloc[0]
        if pd.isna(row["estimate"]):
            assert words == "Not estimated"
            assert said(row["reason"], masked=True) in evidence
            continue
        table = modelled_sessions(explored.patients, sample, patterns, choice.time, choice.baseline)
        fit = MixedModel.from_formula(
            formula_of(choice), table, groups=GROUPS, time="time",
            patient_terms=choice.patient_terms, therapist_terms=choice.therapist_terms,
        ).fit()  # fmt: skip
        until = row["estimate"] / row["coefficient"]
        shown = float(re.match(r"-?[\d.]+", words)[0])
        # the page has two decimals
        assert shown == pytest.approx(fit.params[MODERATION] * until, abs=0.0051, rel=2e-3), query
        low, high = map(float, re.search(r"\[(.+), (.+)\]", words).groups())
        assert (low, high) == pytest.approx((row["ci_low"], row["ci_high"]), abs=0.0051)
        assert f"t({row['df']:.1f})" in evidence
        assert f"{fit.nobs} ratings" in evidence
        certified = row["certificate"] == "passed"
        assert ("certified" in evidence) is certified
        estimated += 1
    assert estimated >= 20
    assert page.complaints() == []


def test_reload_and_a_second_window_have_the_choice_of_the_address(page, address, tmp_path):
    turned(page, lambda: put(page, "k", "2.35"))
    place = page.run("return location.href")
    assert "k=2.35" in place
    page.open(place)
    assert settled(page)["choice"]["content"]["k"] == 2.35
    other = Browser(tmp_path / "other")
    try:
        other.open(place)
        assert settled(other)["choice"]["content"]["k"] == 2.35
        turned(other, lambda: put(other, "k", "1.2"))
        assert page.run("return explorer.state.choice.content.k") == 2.35
        assert other.run("return explorer.state.choice.content.k") == 1.2
    finally:
        other.close()


def test_a_dragged_slider_ends_at_its_last_value(page):
    before = page.run("return explorer.timings.length")
    state = turned(
        page,
        lambda: page.run(
            "const k = document.getElementById('k');"
            "for (let n = 0; n <= 40; n += 1) { k.value = 1 + n / 20;"
            "k.dispatchEvent(new Event('input', {bubbles: true})); }"
        ),
    )
    assert state["choice"]["content"]["k"] == 3
    parts = page.run("return explorer.timings.slice(arguments[0]).map(t => t.part)", before)
    assert parts.count("chance") == 1
    assert parts.count("breakdown") <= 3


def test_by_keys_alone(page):
    page.run("document.getElementById('k').focus()")
    state = turned(page, lambda: page.press("right"))
    assert state["choice"]["content"]["k"] == 1.55
    page.run("document.getElementById('curve-at').focus()")
    page.press("home")
    assert page.run(TEXT, "reading").startswith("Number 1 of ")
    page.press(TAB)
    assert page.run("return document.activeElement.id") == "take"
    state = turned(page, lambda: page.press("\ue007"))
    curve = page.run("return explorer.data.curve")
    for name in ("scale", "k", "time", "length"):
        assert state["choice"]["content"][name] == curve[name][0]
    assert state["moderation"]["place"]["lower"] == 0
    page.run("document.getElementById('next').focus()")
    page.press("home")
    first = page.run(TEXT, "place")
    page.press("right")
    assert first.startswith("1 of ")
    assert page.run(TEXT, "place").startswith("2 of ")
    page.press("end")
    page.press("home")
    assert page.run(TEXT, "place") == first


def test_a_specification_of_the_curve_says_its_choices_and_breakdown(page):
    page.run("document.getElementById('curve').scrollIntoView({block: 'center'})")
    box = page.run(
        "const b = document.querySelector('#curve svg').getBoundingClientRect();"
        "return [b.x + b.width * 0.9, b.y + b.height / 2]"
    )
    page.point_at(*box)
    reading = page.run(TEXT, "reading")
    number = int(re.match(r"Number (\d+) of", reading)[1]) - 1
    curve = page.run("return explorer.data.curve")
    assert f"{abs(curve['estimate'][number]):.2f}" in reading
    assert f"repaired {curve['percent_repaired'][number]:.1f}%" in reading


def test_patients_by_who_changed_class(page, explored, results):
    state = turned(page, lambda: put(page, "k", "2.2"))
    changed = state["breakdown"]["moves"]["changed"]
    assert changed > 0
    put(page, "was", "changed")
    assert f"({changed} of 80" in page.run(TEXT, "listed")
    time.sleep(0.5)
    heading = page.run("return document.querySelector('#course h2').textContent")
    patient = re.match(r"Patient (\w+):", heading)[1]
    place = page.run(TEXT, "place")
    assert patient in place
    assert "own rule" in place
    marks = page.run("return document.querySelectorAll('#course svg .limit').length")
    choice = explored.own.model_copy(update={"k": 2.2})
    events = results.detection(choice).events
    assert marks == (events["patient_id"] == patient).sum()
    page.click("#moves .moved button")
    assert page.run("return document.getElementById('pattern').value")


def test_carried_away(page, explored):
    turned(page, lambda: put(page, "k", "2.45"))
    page.type("#name", BACKSPACE * 20 + "strict")
    time.sleep(0.5)
    ((name, entry),) = yaml.safe_load(page.run(TEXT, "yaml-criterion")).items()
    assert (name, entry["k"]) == ("strict", 2.45)
    assert yaml.safe_load(page.run(TEXT, "yaml-row")) == [{"k": 2.45}]
    for button in ("pattern_breakdown.csv", "rupture_hazard.svg"):
        page.run(f"document.querySelector(\"[data-file='{button}']\").click()")
        end = time.time() + 30
        while (page.run(STATE.format("file")) or {}).get("name") != button:
            assert time.time() < end
            time.sleep(0.1)
        assert len(page.run(STATE.format("file"))["text"]) > 100


def test_a_shareable_page_shows_no_patient(explored, window):
    with served(explored, shareable=True) as place:
        window.open(place)
        settled(window)
        assert window.run("return document.getElementById('list')") is None
        body = window.run("return document.body.textContent")
        assert not [one for one in explored.patients["patient_id"] if one in body]
        window.run("Shiny.setInputValue('patient', {id: 'P0001'}, {priority: 'event'})")
        time.sleep(1)
        assert not window.run(STATE.format("patient"))
        assert window.complaints() == []


def test_a_wrong_token_is_refused_and_the_end_of_the_server_is_reported(explored, window):
    with served(explored) as place:
        window.open(place.replace("token", "tokem"))
        assert "not the explorer's" in window.run("return document.body.textContent")
        window.open(place)
        settled(window)
    end = time.time() + 20
    while window.run("return document.getElementById('gone').hidden"):
        assert time.time() < end
        time.sleep(0.1)
    window.complaints()


def test_a_phone_shows_all_without_scrolling_sideways(address, tmp_path):
    phone = Browser(tmp_path / "phone", size=(360, 740), phone=True)
    try:
        phone.open(address)
        settled(phone)
        wide = "return [document.documentElement.scrollWidth, window.innerWidth]"
        assert phone.run(wide) == [360, 360]
        phone.click("#drawer summary")
        assert phone.run(wide) == [360, 360]
        state = turned(phone, lambda: put(phone, "k", "2.5"))
        assert state["choice"]["content"]["k"] == 2.5
        assert phone.run(wide) == [360, 360]
    finally:
        phone.close()


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed here")
@pytest.mark.parametrize("width", [1300, 400])
def test_axe_finds_no_barrier(address, tmp_path, width):
    command = ["npm", "install", "--no-save", "--prefix", str(tmp_path), "axe-core@4"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    axe = (tmp_path / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    browser = Browser(tmp_path / "profile", size=(width, 900), phone=width < 500)
    try:
        browser.open(address)
        settled(browser)
        browser.run("document.getElementById('drawer').open = true")
        turned(browser, lambda: put(browser, "k", "2.1"))
        browser.run(axe)
        browser.run(
            "axe.run(document, {}).then((r) => { window.found = r.violations.flatMap("
            "(rule) => rule.nodes.map((n) => `${rule.id} ${n.target}`)); })"
        )
        end = time.time() + 60
        while browser.run("return window.found === undefined"):
            assert time.time() < end, "axe did not run"
            time.sleep(0.2)
        assert browser.run("return window.found") == []
    finally:
        browser.close()
