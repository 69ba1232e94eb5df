"""How many rules fit is counted over the grid, without the named criteria."""

from rupture_repair.manuscript.compatibility_claims import rules_that_fit


def test_rules_are_counted_over_the_grid(changed):
    found = changed()
    rules = found.tables["rule_compatibility"].to_dict("records")
    first = found.tables["published_studies"]["study"].iloc[0]
    grid = [row for row in rules if row["study"] == first and not str(row["criterion"] or "")]
    noise = [row["share_fitting"] > 0 for row in grid if row["family"] == "noise"]
    ruptures = [row["share_fitting"] > 0 for row in grid if row["family"] == "ruptures"]
    assert len(noise) == len(ruptures) < len(rules) / 4
    text = rules_that_fit(found)
    assert text.startswith(
        f"Of {len(noise):,} rules, {sum(noise):,} gave shares that do not differ"
    )
    assert f"noise, and {sum(ruptures):,} under" in text.replace("without ruptures", "noise")
