"""The table of a synthetic cohort's parameters: all of them, and where each comes from."""

from rupture_repair.manuscript.supplement_tables import planted


def rows(results):
    lines = [line for line in planted(results).splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(part, name): (source, value) for part, name, source, value in cells}


def test_each_parameter_has_its_source(results):
    told = rows(results())
    published = ("published (Flückiger et al., 2018)", "-0.28")
    assert told["cohort", "r alliance symptoms"] == published
    for name in ("shift", "mu", "sigma"):
        assert told["length", name][0].startswith("derived (gives the published mean")
    assert told["iip", "r length"] == ("assumed (direction: Ruiz et al., 2004)", "0.15")
    assert told["symptoms", "slope repaired iip"] == ("assumed", "-0.8")
    assert told["cohort", "seed"] == ("–", "20250181")
    assert [part for part, _ in told][:4] == ["cohort"] * 4


def test_demographics_are_listed_level_by_level(results):
    told = rows(results())
    assert told["demographics", "age mean"] == ("assumed", "37")
    assert told["demographics", "gender: female"] == ("assumed", "0.64")
    assert told["demographics", "orientation: integrative"] == ("assumed", "0.333")


def test_every_number_of_the_section_is_there(results, cohort_file):
    def leaves(value):
        if isinstance(value, dict):
            return sum(leaves(own) for own in value.values())
        return len(value) if isinstance(value, list) else 1

    section = {name: own for name, own in cohort_file["synthetic"].items() if name != "sources"}
    assert len(rows(results())) == leaves(section)


def test_another_cohorts_values_are_assumed_unless_it_says_so(changed, results):
    parameters = {**results().settings["parameters"], "sources": {}}
    told = rows(changed({"parameters": parameters}))
    assert {source for source, _ in told.values()} == {"assumed", "–"}
