"""Whatever `make cohort` proposes passes `make check` and reads the right scores, or it asks."""

import numpy as np
import pytest
import yaml
from deliveries import ITEMS, SESSIONS, SHAPES, Scale, delivery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rupture_repair.cohort.delivery import assigned, sources_of
from rupture_repair.cohort.proposal import FILL_IN
from rupture_repair.cohort.proposed_file import cohort_file
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation.cohort_files import check_files

ALLIANCE = [
    Scale("WAI-SR", "wai"), Scale("WAI-SR", "WAI_SR"), Scale("WAI-SR-7", "wai_sr"),
    Scale("WAI-S", "wai"), Scale("WAI-S", "WAI-S"), Scale("SAI", "SAI"), Scale("SRS", "srs"),
    Scale("HAQ-II", "haq"), Scale("HAQ-D", "haq"), Scale("CALPAS", "calpas_p"),
    Scale("WAI-SR", "alliance"),
]  # fmt: skip
SYMPTOMS = [
    Scale("PHQ-9", "phq9"), Scale("PHQ-9", "PHQ"), Scale("CORE-10", "core10"),
    Scale("CORE-10", "CORE"), Scale("CORE-OM-10", "core_om"), Scale("CORE-OM", "core_om"),
    Scale("OQ-45", "OQ45"), Scale("OQ-30", "oq30"), Scale("GAD-7", "gad7"), Scale("K10", "k10"),
    Scale("BSI-53", "bsi_gsi"), Scale("BSI-18", "bsi"), Scale("DASS-21", "dass21"),
    Scale("DASS-21-doubled", "dass21"), Scale("WHO-5", "who5"), Scale("ORS", "ors"),
    Scale("PHQ-9", "symptoms"),
]  # fmt: skip
IIP = [Scale("IIP-32", "iip32"), Scale("IIP-64", "IIP64"), Scale("IIP-12", "iip"),
       Scale("LPFS-BF", "lpfs_bf"), Scale("PID-5-BF", "pid5bf")]  # fmt: skip


@pytest.fixture(scope="module")
def library(root):
    entries = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    return {key: Instrument(**entry) for key, entry in entries.items()}


def with_items(scale, library, numbering):
    scoring = library[scale.key].scoring
    return scale if scoring is None else Scale(scale.key, scale.name, numbering)


@st.composite
def deliveries(draw, library):
    scales = {}
    for role, known in (("alliance", ALLIANCE), ("symptoms", SYMPTOMS), ("iip", IIP)):
        scale = draw(st.sampled_from(known))
        if draw(st.booleans()) and role != "symptoms":
            scale = with_items(scale, library, draw(st.sampled_from(sorted(ITEMS))))
        scales[role] = scale
    return delivery(
        draw(st.sampled_from(SHAPES)),
        scales,
        library,
        sessions=draw(st.sampled_from(sorted(SESSIONS))),
        dates=draw(st.sampled_from([None, "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y %H:%M"])),
        code=draw(st.sampled_from([None, "", "99", "-99", "k.A.", "entfällt"])),
        seed=draw(st.integers(0, 5)),
    )


def proposed(made, library, folder):
    """Return the proposed cohort file as values, and what the check finds; None if it asks."""
    files = []
    for kind, table in made.tables.items():
        files.append(str(folder / f"{kind}.csv"))
        table.to_csv(files[-1], index=False)
    holding, proposal = assigned(sources_of(files, []), library)
    given_files = {kind: source.file for kind, source in holding.items()}
    if holding["sessions"] is holding["patients"]:
        del given_files["sessions"]
    text = cohort_file("x", "X", given_files, dict.fromkeys(given_files, ""), proposal, library)
    values = yaml.safe_load(text)
    asks = FILL_IN in str(values)
    assert asks == bool(proposal.unknown)
    if asks:
        return values, None
    tools = {role: library[key] for role, key in values["instruments"].items()}
    read = ValidationSettings.model_validate(
        {
            "title": "X",
            "synthetic": True,
            "reading": values.get("reading", {}),
            "columns": values["columns"],
            "missing_codes": values["missing_codes"],
            "instruments": {role: tool.model_dump(mode="json") for role, tool in tools.items()},
            "inclusion": values["inclusion"],
            "sessions": values.get("sessions", {}),
        }
    )
    return values, check_files(holding["patients"].file, holding["sessions"].file, read)


def require_right(made, values, found):
    """Nothing blocks, and each score is the one that was meant."""
    blocking = [str(p) for p in found.problems if p.severity == "blocking"]
    assert blocking == [], values
    rated = found.sessions.set_index(["patient_id", "session"]).sort_index()
    for role in ("alliance", "symptoms"):
        meant = made.truth[role].sort_index()
        assert values["instruments"][role] == made.scales[role].key
        got = rated[role].reindex(meant.index)
        assert np.allclose(got, meant, atol=1e-4, equal_nan=True), (role, values)
    people = found.patients.set_index("patient_id")["iip"]
    meant = made.truth["iip"]
    assert np.allclose(people.reindex(meant.index), meant, atol=1e-4, equal_nan=True)


def _never_contradicts(made, library, folder):
    values, found = proposed(made, library, folder)
    if found is not None:
        require_right(made, values, found)


SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]


@given(draw=st.data())
@settings(max_examples=25, suppress_health_check=SLOW, derandomize=True)
def test_a_proposal_is_right_or_asks(draw, library, tmp_path_factory):
    made = draw.draw(deliveries(library))
    _never_contradicts(made, library, tmp_path_factory.mktemp("clinic"))


@pytest.mark.parametrize("numbering", ITEMS)
def test_every_numbering_of_items_is_read_without_a_question(numbering, library, tmp_path):
    scales = {
        "alliance": Scale("WAI-SR", "wai_sr", numbering),
        "symptoms": Scale("PHQ-9", "phq9"),
        "iip": Scale("IIP-32", "iip32"),
    }
    made = delivery("two long", scales, library)
    values, found = proposed(made, library, tmp_path)
    assert found is not None, values
    require_right(made, values, found)


@pytest.mark.parametrize("numbering", SESSIONS)
def test_every_numbering_of_sessions_is_read_without_a_question(numbering, library, tmp_path):
    scales = {
        "alliance": Scale("WAI-SR", "wai_sr"),
        "symptoms": Scale("CORE-10", "core10"),
        "iip": Scale("IIP-32", "iip32"),
    }
    made = delivery("one wide", scales, library, sessions=numbering, dates="%d.%m.%y %H:%M")
    values, found = proposed(made, library, tmp_path)
    assert found is not None, values
    require_right(made, values, found)


def test_numbers_that_may_count_items_or_sessions_are_asked_about(library, tmp_path):
    """Twelve whole numbers from 1 to 5 in a row for each patient."""
    scales = {
        "alliance": Scale("WAI-SR", "wai"),
        "symptoms": Scale("CORE-10", "core10"),
        "iip": Scale("IIP-32", "iip32"),
    }
    made = delivery("one wide", scales, library, sessions="plain", length=12)
    table = made.tables["patients"]
    rated = [name for name in table if name.startswith("wai")]
    table[rated] = table[rated].map(lambda cell: str(round(float(cell))))
    values, found = proposed(made, library, tmp_path)
    assert found is None
    assert values["columns"]["sessions"]["alliance"] == FILL_IN


def test_a_rating_before_the_first_session_is_named(library, tmp_path):
    scales = {
        "alliance": Scale("SAI", "sai"),
        "symptoms": Scale("PHQ-9", "phq9"),
        "iip": Scale("IIP-32", "iip32"),
    }
    made = delivery("one wide", scales, library, sessions="t")
    made.tables["patients"]["phq9_t00"] = "12"
    values, found = proposed(made, library, tmp_path)
    assert values["sessions"] == {"intake": ["0"]}
    require_right(made, values, found)
