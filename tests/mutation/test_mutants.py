"""The mutants of a known source."""

import tomllib
from pathlib import Path

import pytest
from mutants import mutants_of


def changed(line):
    """The line after each mutation, in a function of that line."""
    mutants = mutants_of(f"def f(a, b=None):\n    {line}\n")
    assert all(mutant.line == 2 and not mutant.at_import for mutant in mutants)
    return {mutant.after for mutant in mutants}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("return a < b", {"return (a <= b)", "return (a >= b)", "return None"}),
        ("return a in b", {"return (a not in b)", "return None"}),
        ("return a + b", {"return (a - b)", "return None"}),
        ("return not a", {"return (a)", "return None"}),
        ("return a and b", {"return (a or b)", "return None"}),
        ("return min(a, b)", {"return max(a, b)", "return None"}),
        ("return a[b:]", {"return a[:]", "return None"}),
        ("a.std(ddof=1)", {"a.std(ddof=2)", "a.std(ddof=0)", "pass"}),
        ("a += b", {"a -= b", "pass"}),
        ("a[b] = f", {"pass"}),
        ("b = f", set()),
        ("b = f(b)", {"pass"}),
        ("b = 0.5", {"b = 1.5", "b = 0.55"}),
        ("b = 1e-9", {"b = 1.000000001"}),
        ("b = a if f else None", {"b = (a if not f else None)"}),
        ("for _ in a: continue", {"for _ in a: break"}),
        ('raise ValueError(f"{a + 1} of " + b)', {"pass"}),
    ],
)
def test_what_is_changed(line, expected):
    assert changed(line) == expected


@pytest.mark.parametrize(
    "line",
    ['"""1 < 2"""', "assert a < 1", "b: Literal[1] = f", "import a", "list(zip(a, strict=True))"],
)
def test_what_no_result_depends_on_is_left_alone(line):
    assert changed(line) - {"pass"} == set()


def test_constants_of_a_module_are_executed_at_import():
    [first, second] = mutants_of("LIMIT = 3\n")
    assert first.at_import
    assert {first.source, second.source} == {"LIMIT = 4\n", "LIMIT = 2\n"}


def test_each_equivalent_speaks_of_a_line_that_exists_and_gives_a_reason(root):
    listed = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text(encoding="utf-8"))
    for mutant in listed["mutant"]:
        source = (root / "workflow/rupture_repair" / mutant["module"]).read_text(encoding="utf-8")
        assert mutant["before"] in {line.strip() for line in source.splitlines()}
        assert mutant["after"] != mutant["before"]
        assert mutant["reason"]
