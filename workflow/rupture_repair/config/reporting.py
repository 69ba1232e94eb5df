"""Levels and limits that computation and text must share."""

from typing import Literal

# percentile range that is reported for replicates of a null
CHANCE_INTERVAL = (2.5, 97.5)
# quantiles of the replicates that one more replicate passes just as often as they say, however few
# there are (Weibull's; numpy's default is passed in 3.7 % rather than 2.5 % with 80 of them)
EXACT: Literal["weibull"] = "weibull"
# percent of the replicates between them
CHANCE_PERCENT = CHANCE_INTERVAL[1] - CHANCE_INTERVAL[0]
# level of the intervals of shares, hazards and residuals; those of the models are the cohort's
DESCRIPTIVE_LEVEL = 0.95
# two-sided level below which a difference counts as shown; intervals of the multiverse are at
# 1 − ALPHA
ALPHA = 0.05
# basis of reliable change where neither a criterion nor a reliability is known
NO_CRITERION = "not recorded"
# the rule of support (docs/inference.md): what a pattern with fewer patients goes with is not
# estimated, nor is a region of significance shown beyond the last so many
MIN_PATIENTS = 5
# a robust test with fewer degrees of freedom is not made: by simulation it holds its level from
# here on (docs/inference.md)
MIN_DF = 2.0
# fewer therapists than these are no clusters: patients are
MIN_THERAPISTS = 10
# fewer patients than these are told by no count that may be shared
MIN_SHOWN = 5
