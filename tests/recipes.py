"""Recipes of CONTRIBUTING.md that need no run: each as the edits of files that it takes.

Those that change what a run makes are in tests/workflow/additions.py.
"""

PACKAGE = "workflow/rupture_repair"
CHECK = """

def _brief(sessions: pd.DataFrame, file: str) -> list[Problem]:
    longest = int(sessions["session"].max())
    if longest > BRIEF:
        return []
    message = f"no treatment has more than {counted(longest, 'session')}"
    remedy = "Check whether the export was cut off."
    return [Problem("warning", file, message, remedy, why=reasons.BRIEF)]
"""
SETTING = """    max_sessions: Sessions | None = Field(
        None, description="Patients with more sessions are left out, and counted; null: nobody."
    )
"""
# a recipe → file → edits: (what stands there, what is put in its place); None: at the end
RECIPES = {
    "setting": {
        f"{PACKAGE}/config/inclusion.py": [
            (
                "    min_patients_per_therapist: int = Field(\n",
                f"{SETTING}    min_patients_per_therapist: int = Field(\n",
            ),
        ],
        f"{PACKAGE}/validation/admission.py": [
            (
                "    min_patients_per_therapist: int = 1,\n",
                "    min_patients_per_therapist: int = 1,\n"
                "    max_sessions: int | None = None,\n",
            ),
            (
                "    if changed_therapist:\n",
                "    if max_sessions is not None:\n"
                '        many = f"more than {max_sessions} sessions"\n'
                '        rules.append(("short enough", length <= max_sessions, many))\n'
                "    if changed_therapist:\n",
            ),
            (
                "        settings.inclusion.min_patients_per_therapist,\n",
                "        settings.inclusion.min_patients_per_therapist,\n"
                "        settings.inclusion.max_sessions,\n",
            ),
        ],
    },
    "check": {
        f"{PACKAGE}/validation/quality.py": [
            (
                "CONSTANT_RATINGS = 5",
                "BRIEF = 4  # sessions\nCONSTANT_RATINGS = 5",
            ),
            (
                "    return problems + _gaps(sessions, file)\n",
                "    return problems + _gaps(sessions, file) + _brief(sessions, file)\n",
            ),
            (None, CHECK),
        ],
        f"{PACKAGE}/validation/reasons.py": [
            (None, 'BRIEF = "In so few sessions hardly a drop and a return are seen."\n'),
        ],
    },
    "format": {
        f"{PACKAGE}/cohort/delimited.py": [
            ('"tab": "\\t"}\n', '"tab": "\\t", "bar": "|"}\n'),
        ],
        f"{PACKAGE}/cohort/raw.py": [
            (
                '    ".txt": read_delimited,\n',
                '    ".txt": read_delimited,\n    ".psv": read_delimited,\n',
            ),
        ],
        f"{PACKAGE}/provenance/shareable.py": [
            ('TABLES = {".csv", ', 'TABLES = {".csv", ".psv", '),
        ],
    },
}  # fmt: skip
