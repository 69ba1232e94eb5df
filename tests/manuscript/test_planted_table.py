"""The table of a synthetic cohort's parameters: all of them, and where each comes from."""

from rupture_repair.manuscript.supplement_tables import planted


def rows(results):
    lines = [line for line in planted(results).splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(part, name): (source, value) for part, name, source, value in cells}


def test_each_parameter_has_its_source(results):
    listed = rows(results())
    assert listed["cohort", "Correlation of alliance level and first symptoms"] == (
        "assumed (the published figure is of alliance and outcome; @fluckiger2018)",
        "-0.28",
    )
    source, value = listed["symptoms", "Mean at the first session"]
    assert source.startswith("published (CORE-10 before") and source.endswith("@barkham2013)")
    assert value == "19.7"
    lengths = (
        "Sessions added to the log-normal part",
        "Mean of the logarithm",
        "SD of the logarithm",
    )
    for name in lengths:
        assert listed["length", name][0].startswith("derived (gives the published mean")
    assert listed["iip", "Correlation with treatment length (ranks)"] == (
        "assumed (the direction is published; @ruiz2004)",
        "0.15",
    )
    assert listed["symptoms", "Added slope per SD of interpersonal problems, repaired"] == (
        "assumed",
        "-0.8",
    )
    assert listed["cohort", "Seed of all random numbers"] == ("–", "20250181")
    assert [part for part, _ in listed][:4] == ["cohort"] * 4


def test_demographics_are_listed_level_by_level(results):
    listed = rows(results())
    source, age = listed["demographics", "Mean age in years, of a normal distribution"]
    assert source.startswith("published (another sample") and age == "42"
    assert "<https://doi.org/10.1080/10503307.2024.2353358>" in source
    assert listed["demographics", "Standard deviation of age in years"] == ("assumed", "12")
    assert listed["demographics", "Probability of each gender: female"][1] == "0.72"
    source, share = listed["demographics", "Orientations of therapists, equally likely: eclectic"]
    assert source.endswith("@lauritzen2023)") and share == "0.25"


def test_every_number_of_the_section_is_there(results, cohort_file):
    def leaves(value):
        if isinstance(value, dict):
            return sum(leaves(own) for own in value.values())
        return len(value) if isinstance(value, list) else 1

    section = {name: own for name, own in cohort_file["synthetic"].items() if name != "sources"}
    assert len(rows(results())) == leaves(section)


def test_another_cohorts_values_are_assumed_unless_it_says_so(changed, results):
    parameters = results().settings.parameters.model_copy(update={"sources": {}})
    listed = rows(changed({"parameters": parameters}))
    assert {source for source, _ in listed.values()} == {"assumed", "–"}
