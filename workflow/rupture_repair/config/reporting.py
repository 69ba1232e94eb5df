"""Levels and limits that computation and text must share."""

# percentiles between which replicates of a null are told
CHANCE_INTERVAL = (2.5, 97.5)
# percent of the replicates between them
CHANCE_PERCENT = CHANCE_INTERVAL[1] - CHANCE_INTERVAL[0]
# level of the intervals of shares, hazards and residuals; those of the models are the cohort's
DESCRIPTIVE_LEVEL = 0.95
# two-sided level below which a difference counts as shown; intervals of the multiverse are at
# 1 − ALPHA
ALPHA = 0.05
# basis of reliable change where neither a criterion nor a reliability is known
NO_CRITERION = "not recorded"
# patients on either side that support a region of significance
FEWEST_SUPPORTING = 5
