"""Levels and limits that computation and text must share."""

# percentiles between which replicates of a null are told
CHANCE_INTERVAL = (2.5, 97.5)
# level of the intervals of shares and hazards
EXPOSURE_LEVEL = 0.95
# patients on either side that support a region of significance
FEWEST_SUPPORTING = 5
