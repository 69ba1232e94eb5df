"""What is shared of a confidential cohort, attacked by an integer linear programme."""

from functools import cache
from itertools import product

import hypothesis.strategies as st
import numpy as np
import pytest
from attack_equations import on_everything, on_tables, on_thresholds
from hypothesis import given
from releases import RULES, cohort_with_rare_answers, full_tables
from rupture_repair.disclosure.audit import determined, margins
from rupture_repair.disclosure.rounding import significant
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.disclosure.suppression import is_small

NESTED = (("strict", "own"), ("own", "lenient"), ("strict", "lenient"))  # by their thresholds


@pytest.fixture(scope="module")
def cohorts(small_cohort, instruments):
    """A function that returns the tables of a cohort with all counts; do not change them."""

    @cache
    def made(seed, near=False, unmodelled=0):
        tables = cohort_with_rare_answers(small_cohort, seed)
        rules = NEAR if near else RULES
        return full_tables(*tables, instruments["symptoms"], rules, unmodelled)

    return made


@pytest.mark.parametrize("seed", [0, 1, 4])
def test_no_small_count_can_be_worked_out_from_one_release(cohorts, seed):
    full = cohorts(seed)
    small = full["criteria_moves"]["n_patients"].between(1, 4).sum()
    assert small > 0  # there is something to find
    assert on_tables(shared_tables(full, masked=True), step=0.1, nested=NESTED).recovered() == {}


NEAR = {"own": 2.0, "strict": 2.1, "lenient": 1.9}


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_nor_from_criteria_that_differ_by_few_patients(cohorts, seed):
    full = cohorts(seed, near=True)
    none = full["criteria_breakdown"].query("pattern == 'none'")["n"].to_numpy()
    assert is_small(abs(none[1] - none[0])) or is_small(abs(none[2] - none[0]))
    assert on_tables(shared_tables(full, masked=True), step=0.1, nested=NESTED).recovered() == {}


@pytest.mark.parametrize("seed", [1, pytest.param(0, marks=pytest.mark.long)])
def test_nor_from_the_breakdown_over_thresholds(cohorts, seed):
    full = cohorts(seed)
    shared = shared_tables(full, masked=True)
    leaky = shared | {"threshold_strip": full["threshold_strip"]}
    assert on_thresholds(leaky, step=0.1).recovered()
    assert on_thresholds(shared, step=0.1).recovered() == {}
    assert shared["threshold_strip"]["n_none"].notna().sum() > 2  # not all of it is masked


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_nor_from_all_tables_at_once(cohorts, seed):
    """The criteria of the cohort are places in the strip of thresholds, too."""
    full = cohorts(seed)
    shared = shared_tables(full, masked=True)
    assert {*RULES.values()} <= set(full["threshold_strip"]["k"])
    assert on_everything(shared, 0.1, RULES, NESTED).recovered() == {}


def test_nor_who_is_in_no_model(cohorts):
    full = cohorts(1, unmodelled=3)
    shared = shared_tables(full, masked=True)
    leaky = shared | {"reliable_change": full["reliable_change"]}
    assert on_tables(leaky, step=0.1, nested=NESTED).recovered("unmodelled", "outcome", "once")
    assert (
        on_tables(shared, step=0.1, nested=NESTED).recovered("unmodelled", "outcome", "once") == {}
    )


def test_the_attack_finds_what_is_not_masked(cohorts):
    full = cohorts(0)
    shared = shared_tables(full, masked=True)
    leaky = shared | {"criteria_moves": full["criteria_moves"]}
    moves = {
        key for key in on_tables(leaky, step=0.1, nested=NESTED).recovered() if key[0] == "move"
    }
    table = full["criteria_moves"]
    assert len(moves) == table["n_patients"].between(1, 4).sum()


MEASURED = ("iip", "first_symptoms", "first_alliance", "sessions")


def value_between(first, second, variable, step):
    """Return the limits of the value of the one patient whom only the first release holds."""
    ends = [0.0, 0.0]
    for tables, sign in ((first, 1), (second, -1)):
        values = tables["cohort"].set_index(["variable", "statistic", "group"])["value"]
        n, mean = values["patients", "n", "all"], values[variable, "mean", "all"]
        ends[0] += n * (sign * mean - step / 2)
        ends[1] += n * (sign * mean + step / 2)
    return ends


def test_two_releases_tell_of_the_patient_between_them_as_far_as_readme_says(
    small_cohort, instruments, root
):
    patients, sessions = small_cohort.patients, small_cohort.sessions
    gone = patients["patient_id"].iloc[11]
    left = [table[table["patient_id"] != gone] for table in (patients, sessions)]
    full = [
        full_tables(*tables, instruments["symptoms"]) for tables in ((patients, sessions), left)
    ]
    shared = [shared_tables(tables, masked=True) for tables in full]
    own = sessions[sessions["patient_id"] == gone]
    true = {
        "iip": patients.set_index("patient_id")["iip"][gone],
        "first_symptoms": own["symptoms"].dropna().iloc[0],
        "first_alliance": own["alliance"].dropna().iloc[0],
        "sessions": own["session"].max(),
    }
    for variable in MEASURED:
        exact = value_between(*full, variable, 0.0)
        assert exact == pytest.approx([true[variable]] * 2, abs=1e-8)  # at full precision
        low, high = value_between(*shared, variable, 0.01)
        assert low - 1e-8 <= true[variable] <= high + 1e-8
        assert high - low == pytest.approx(0.01 * (80 + 79))  # 1.6 points, not more
    # whatever is rounded, the counts of two releases differ by the patient between them
    counts = [tables["pattern_breakdown"].set_index("pattern")["n"] for tables in shared]
    assert (counts[0] - counts[1]).abs().sum() == 1
    page = (root / "docs/explanation/privacy.md").read_text(encoding="utf-8")
    assert "The promise is for one release" in " ".join(page.split())


def test_no_number_of_a_confidential_cohort_is_finer_than_printed(cohorts):
    for name, table in shared_tables(cohorts(2), masked=True).items():
        for column in table.select_dtypes("float"):
            values = table[column].dropna()
            assert (values == values.round(6)).all(), (name, column)
    values = shared_tables(cohorts(2), masked=True)["cohort"]
    assert (values["value"].dropna() * 100 % 1).map(lambda x: min(x, 1 - x)).max() < 1e-6
    assert values.loc[values["statistic"].isin(["min", "max"]), "value"].isna().all()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (-12345.678, -12345.68),
        (123.456, 123.46),
        (0.0123456, 0.01235),
        (3.0, 3.0),
        (9.99996e-7, 1e-6),
        (0.0, 0.0),
        (np.inf, np.inf),
    ],
)
def test_four_significant_digits_and_two_decimals_at_least(value, expected):
    assert significant(value) == expected


@given(
    st.lists(st.integers(1, 3), min_size=6, max_size=6),
    st.sets(st.integers(0, 5), min_size=1, max_size=4),
)
def test_the_audit_agrees_with_trying_all_tables(counts, hidden):
    """Two rows of three cells, whose margins are told."""
    places = sorted(hidden)
    sums, n = margins((2, 3))[:, places], np.array(counts)[places]
    tried = product(range(1, 10), repeat=len(places))
    possible = np.array([other for other in tried if (sums @ other == sums @ n).all()])
    expected = (possible == possible[0]).all(axis=0)
    assert determined(sums, n, np.ones(len(n))).tolist() == expected.tolist()
