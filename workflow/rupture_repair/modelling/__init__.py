"""Description of the cohort and multilevel models of symptoms."""
