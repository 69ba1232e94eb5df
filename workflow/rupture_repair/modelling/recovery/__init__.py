"""What the analysis finds in cohorts whose truth is known: recovery, false findings, power."""
