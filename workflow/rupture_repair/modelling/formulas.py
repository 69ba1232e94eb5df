"""The models of the study, nested in this order: the one place where a model is added.

Time, pattern, `iip_z` and `length_c` are columns of the analysis table (`design.COLUMNS`). The
random part is the same for all (`fit`). This module imports nothing, so that a rule can read it.
"""

FORMULAS = {
    "M0": "symptoms ~ time",
    "M1": "symptoms ~ time * pattern",
    "M2": "symptoms ~ time * pattern * iip_z",
    "M3": "symptoms ~ time * pattern * iip_z * length_c",
}
# each model without its highest interaction, of two coefficients: what it is tested against
WITHOUT_INTERACTION = {
    "M1": "symptoms ~ time + pattern",
    "M2": "symptoms ~ (time + pattern + iip_z) ** 2",
    "M3": "symptoms ~ (time + pattern + iip_z + length_c) ** 3",
}
# what a model has that is called adjusted for length: all of M3 but the dependence of the
# moderation on length. With the product of time and length alone a spurious moderation is found
# where interpersonal problems matter more, or less, in longer treatments
ADJUSTED_FOR_LENGTH = "time * pattern * length_c + time * iip_z * length_c"
# the models that carry the study's questions, each with the coefficients that it is about: the
# moderation (in M3 at average length), and its change with length
MODERATION = "time:pattern[repaired]:iip_z"
BY_LENGTH = f"{MODERATION}:length_c"
KEY_TERMS = {"M2": (MODERATION,), "M3": (MODERATION, BY_LENGTH)}
