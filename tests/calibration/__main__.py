"""How often is a cohort without ruptures said to have more or fewer? `python tests/calibration`."""

import argparse

from null_cohorts import WORLDS, rates

HEADING = """\
# How often chance is said to differ from chance

`python tests/calibration {given.cohorts} --replicates {given.replicates} --seed {given.seed}`:
{given.cohorts} cohorts without any rupture for each row, 514 patients each unless the row says
otherwise, with the lengths of the study, 12 % of the ratings missing, on the grid of the
questionnaire with its floor and ceiling, two decimals as in a file. They are drawn by code of their
own. *Bias*: observed minus expected share of patients without rupture, mean over cohorts ± its
standard error, in percentage points. *Fewer*, *more*: per cent of the cohorts of which the paper
would say that patients with a rupture, and repaired patterns, are less or more frequent than the
no-rupture model gives; by construction neither is true.

| what is true of the noise | criterion | bias | rupture: fewer | more | repaired: fewer | more |
|---|---|---:|---:|---:|---:|---:|
"""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cohorts", type=int, nargs="?", default=200, help="for each row (200)")
    parser.add_argument("--replicates", type=int, default=100, help="of the null (100)")
    parser.add_argument("--seed", type=int, default=1, help="(1)")
    given = parser.parse_args()
    print(HEADING.format(given=given), end="", flush=True)
    for world in WORLDS:
        table = rates(world, given.cohorts, given.replicates, given.seed)
        for criterion, rows in table.groupby("criterion", sort=False):
            at = rows.set_index("pattern")
            none, repaired = at.loc["none"], at.loc["repaired"]
            bias = f"{none['excess']:.2f} ± {none['excess_se']:.2f}".replace("-", "−")
            # more without a rupture are fewer with one
            shares = (none["more"], none["fewer"], repaired["fewer"], repaired["more"])
            cells = " | ".join(f"{100 * share:.1f}" for share in shares)
            print(f"| {world.name} | {criterion} | {bias} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
