"""The audit page as it is used: filter, order, find, step by key and by click, on a phone."""

import re

import pandas as pd
import pytest
from audited import audit_settings
from rating_tables import HOSTILE
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.audit import audit_records, render_audit
from rupture_repair.detection.detector import detect
from webdriver import Browser

BACKSPACE, DOWN = "\ue003", "\ue015"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def cohort(small_cohort):
    """The small cohort with some names that try to break out."""
    found = detect(small_cohort.sessions, Criterion())
    flagged = found.events["patient_id"].unique()
    names = dict(zip(flagged, HOSTILE, strict=False))
    sessions = small_cohort.sessions.copy()
    sessions["patient_id"] = sessions["patient_id"].replace(names)
    return sessions, detect(sessions, Criterion())


@pytest.fixture(scope="module")
def records(cohort):
    """The flagged patients, the largest drop first."""
    return audit_records(cohort[0], cohort[1].events, cohort[1].patterns)


@pytest.fixture(scope="module")
def address(cohort, instruments, tmp_path_factory):
    settings = audit_settings(instruments)
    sessions, found = cohort
    file = tmp_path_factory.mktemp("audit") / "audit.html"
    file.write_text(
        render_audit(sessions, found.events, found.patterns, settings), encoding="utf-8"
    )
    return file.as_uri()


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


@pytest.fixture
def page(window, address):
    """The page, loaded anew."""
    window.open(address)
    return window


def place(page):
    return page.run("return document.getElementById('place').textContent")


def heading(page):
    return page.run("return document.querySelector('article h2').textContent")


def listed(page):
    """Return ids of the list, as they stand in it."""
    options = page.run("return [...document.getElementById('list').options].map(o => o.text)")
    return [option.rsplit(" · ", 2)[0] for option in options]


def choose(page, select, value):
    page.click(f"#{select} option[value='{value}']")


def largest(record):
    return max(rupture["drop"] for rupture in record["ruptures"])


def test_all_flagged_patients_are_listed_the_largest_drop_first(page, records):
    ids = listed(page)
    assert len(ids) == len(records) == 36
    drop = {record["id"]: largest(record) for record in records}
    drops = [drop[patient] for patient in ids]
    assert drops == sorted(drops, reverse=True)
    assert place(page) == f"1 of 36: patient {ids[0]}, " + heading(page).rsplit(": ", 1)[1]


def test_hostile_names_are_shown_as_text_without_errors(page):
    assert set(HOSTILE) <= set(listed(page))
    for _ in range(36):
        page.press("right")
        assert page.run("return document.title") == "Ruptures to audit: Clinic (private)"
        assert page.run("return document.querySelectorAll('img, article script').length") == 0
    assert page.complaints() == []


def test_filter_by_pattern(page, records):
    for pattern in ("repaired", "unrepaired"):
        choose(page, "pattern", pattern)
        wanted = [record["id"] for record in records if record["pattern"] == pattern]
        assert set(listed(page)) == set(wanted)
        assert place(page).startswith(f"1 of {len(wanted)}: ")
        assert heading(page).endswith(f": {pattern}")
    choose(page, "pattern", "")
    assert len(listed(page)) == 36


def test_orders(page, records):
    by_id = {record["id"]: record for record in records}
    keys = {
        "smallest": largest,
        "longest": lambda record: -max(record["sessions"]),
        "margin": lambda record: min(r["drop"] / r["threshold"] for r in record["ruptures"]),
    }
    for order, key in keys.items():
        choose(page, "sort", order)
        found = [key(by_id[patient]) for patient in listed(page)]
        assert found == sorted(found), order
        assert heading(page).startswith(f"Patient {listed(page)[0]}: "), order
    choose(page, "sort", "id")
    plain = [patient for patient in listed(page) if patient.startswith("P")]
    assert plain == sorted(plain)


def test_find_a_patient(page):
    wanted = listed(page)[-1]
    assert wanted.startswith("P")
    page.type("#find", wanted.lower())
    assert listed(page) == [wanted]
    assert place(page).startswith(f"1 of 1: patient {wanted}, ")
    page.type("#find", BACKSPACE * 10)
    page.type("#find", "no such id")
    assert listed(page) == []
    assert "“no such id”" in place(page)
    assert page.run("return document.querySelectorAll('article').length") == 0
    page.type("#find", BACKSPACE * 10)
    assert len(listed(page)) == 36


def test_arrows_in_the_search_field_do_not_step(page):
    page.type("#find", "P")
    before = place(page)
    page.press("left", "right", "right")
    assert place(page) == before


def test_steps_by_key_by_click_and_in_the_list(page):
    ids = listed(page)

    def stands_at(number):
        here = f"{number + 1} of 36: patient {ids[number]}, "
        selected = page.run("return document.getElementById('list').selectedIndex")
        return place(page).startswith(here) and selected == number

    page.press("left")
    assert stands_at(0)
    page.press("right", "right", "right", "left")
    assert stands_at(2)
    page.press("end")
    assert stands_at(35)
    page.press("right")
    assert stands_at(35)
    page.press("home")
    assert stands_at(0)
    page.click("#next")
    assert stands_at(1)
    page.press("right")  # the focus is on the button
    assert stands_at(2)
    page.click("#previous")
    assert stands_at(1)
    page.type("#list", DOWN)
    assert stands_at(2)
    assert heading(page).startswith(f"Patient {ids[2]}: ")


def test_the_drawing_shows_what_the_record_holds(page, records):
    known = {record["id"]: record for record in records}
    for name in listed(page)[:12]:  # equal drops may come in another order than in the records
        record = known[name]
        marks = "return document.querySelectorAll('svg .{}').length"
        repaired = sum(rupture["repaired_at"] is not None for rupture in record["ruptures"])
        rated = sum(value is not None for value in record["alliance"] + record["symptoms"])
        assert heading(page) == f"Patient {record['id']}: {record['pattern']}"
        for kind in ("fall", "limit", "reference"):
            assert page.run(marks.format(kind)) == len(record["ruptures"])
        assert page.run(marks.format("return")) == repaired
        assert page.run(marks.format("rating")) == rated
        numbers = "return [...document.querySelectorAll('svg *')].filter(e => [...e.attributes]"
        numbers += ".some(a => a.value.includes('NaN') || a.value.includes('Infinity'))).length"
        assert page.run(numbers) == 0
        cells = page.run(
            "return [...document.querySelectorAll('article table')[0].rows].map("
            "r => [...r.cells].map(c => c.textContent))"
        )
        assert len(cells) == 1 + len(record["ruptures"])
        for cell, rupture in zip(cells[1:], record["ruptures"], strict=True):
            assert cell[3] == f"{rupture['drop']:.2f}"
            assert cell[4] == f"{rupture['threshold']:.2f}"
            if rupture["repaired_at"] is not None:
                assert cell[6] == f"repaired at session {rupture['repaired_at']}"
        page.press("right")


def test_marks_lie_at_their_levels(page, records):
    """The scale is recovered from the labelled grid of the alliance panel."""
    record = records[0]
    labels = page.run(
        "return [...document.querySelectorAll('svg text[text-anchor=end]')].slice(0, 2)"
        ".map(t => [Number(t.textContent), Number(t.getAttribute('y')) - 4])"
    )
    (v0, y0), (v1, y1) = labels
    limits = page.run(
        "return [...document.querySelectorAll('.limit')].map(l => +l.getAttribute('y1'))"
    )
    for y, rupture in zip(limits, record["ruptures"], strict=True):
        level = v0 + (y - y0) / (y1 - y0) * (v1 - v0)
        assert level == pytest.approx(rupture["reference"] - rupture["threshold"], abs=0.01)


def test_every_control_has_a_name_and_the_drawing_a_text(page, records):
    for control in ("find", "pattern", "sort", "list"):
        labels = page.run("return document.getElementById(arguments[0]).labels.length", control)
        assert labels == 1, control
    label = page.run("return document.querySelector('svg').getAttribute('aria-label')")
    assert records[0]["id"] in label
    assert f"a drop of {largest(records[0]):.2f}" in label
    assert page.run("return document.getElementById('place').getAttribute('aria-live')") == "polite"


def test_all_shown_are_printed_and_then_one_again(page):
    page.run(
        "window.print = () => { window.printed = document.querySelectorAll('article').length }"
    )
    choose(page, "pattern", "repaired")
    page.click("#print-all")
    assert page.run("return printed") == len(listed(page)) > 1
    page.run("window.dispatchEvent(new Event('afterprint'))")
    assert page.run("return document.querySelectorAll('article').length") == 1


def test_a_phone_shows_all_without_scrolling_sideways(address, tmp_path):
    phone = Browser(tmp_path / "phone", size=(360, 740), phone=True)
    try:
        phone.open(address)
        for _ in range(8):
            width = "return [document.documentElement.scrollWidth, window.innerWidth]"
            assert phone.run(width) == [360, 360]
            phone.click("#next")
        assert re.match(r"9 of 36: ", place(phone))
        assert phone.run("return document.getElementById('list').size") == 1
    finally:
        phone.close()


def test_nobody_flagged(window, instruments, tmp_path):
    sessions = pd.DataFrame(
        {"patient_id": "A", "session": [1, 2, 3], "alliance": 3.0, "symptoms": 1.0}
    )
    found = detect(sessions, Criterion())
    settings = audit_settings(instruments)
    file = tmp_path / "audit.html"
    file.write_text(
        render_audit(sessions, found.events, found.patterns, settings), encoding="utf-8"
    )
    window.complaints()
    window.open(file.as_uri())
    window.press("right")
    assert place(window) == "No patient has a rupture of this pattern."
    assert window.complaints() == []
