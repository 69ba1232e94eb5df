"""How the choices are called in the controls, in their order."""

CHOICES = {
    "scale": "Scale of a drop",
    "k": "Drop, × scale",
    "reference": "Compared with",
    "max_gap": "Sessions between",
    "repair_window": "Repair within",
    "repair_tolerance": "Drop left at repair",
    "aggregate": "Several ruptures",
    "time": "Time",
    "length": "Treatment length",
    "baseline": "First symptoms",
    "patient_terms": "Patient terms",
    "therapist_terms": "Therapist terms",
    "covariates": "Covariates",
    "min_sessions": "Fewest sessions",
    "winsorise": "Winsorised ends",
    "min_patients_per_therapist": "Patients per therapist",
}
