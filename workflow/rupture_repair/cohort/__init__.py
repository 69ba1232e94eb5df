"""Raw files of a clinic, or a synthetic cohort in their place."""
