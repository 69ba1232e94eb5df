"""Cohort files that cannot be meant."""

from small_clinic import COHORT, Case

YAML = "config/cohorts/clinic.yaml"


def edit(message, old, new):
    """Return a case with one edit of the cohort file."""
    return Case("blocking", message, ((YAML, old, new),))


def text(message, content):
    """Return a case with another cohort file."""
    return Case("blocking", message, (), {YAML: content})


ITEMS = "alliance: {items: [a, b]}"

COHORTS = {
    "a key with a typing error": edit(
        "inclusion.min_sesions: unknown key; did you mean `min_sessions`?",
        "min_sessions", "min_sesions"),
    "a key that does not exist": edit(
        "colour: unknown key", "title: Clinic", "title: Clinic\ncolour: blue"),
    "a key that is missing": edit("title: is missing", "title: Clinic\n", ""),
    "a column that is not named": edit("columns.patients.iip: is missing", "    iip: IIP32\n", ""),
    "what the wizard could not know left as it was": edit(
        "instruments.iip: `FILL_IN` is not known", "iip: IIP-32", "iip: FILL_IN"),
    "a questionnaire with a typing error": edit(
        "`SAi` is not known; did you mean `SAI`?",
        "alliance: SAI\n  symptoms", "alliance: SAi\n  symptoms"),
    "a questionnaire that measures something else": edit(
        "`IIP-32` measures iip, not symptoms", "symptoms: CORE-10", "symptoms: IIP-32"),
    "a criterion with a typing error": edit(
        "did you mean `igra2025_style`?", "inclusion:", "criterion: igra2025_stile\ninclusion:"),
    "one column for two things": edit(
        "the column `SAI` is named for `alliance` and `symptoms`",
        "symptoms: CORE10", "symptoms: SAI"),
    "sessions that cannot be told apart": Case(
        "blocking", "give `session`, or `date`",
        ((YAML, "    session: Session\n", ""), (YAML, "    date: Date\n", ""))),
    "a session number in a wide file": edit(
        "leave out `session`", "alliance: SAI\n    sym", "alliance: sai_s{session}\n    sym"),
    "half of the columns wide": Case(
        "blocking", "has no `{session}`; the others have",
        ((YAML, "    session: Session\n", ""),
         (YAML, "alliance: SAI\n    sym", "alliance: sai_s{session}\n    sym"))),
    "too few items": edit(
        "2 items are named, `SAI` has 6", "alliance: SAI\n    sym", ITEMS + "\n    sym"),
    "a single item without a pattern": edit(
        "a pattern with `{item}`", "alliance: SAI\n    sym", "alliance: {items: sai}\n    sym"),
    "a number that is too small": edit(
        "should be greater than or equal to 1", "min_sessions: 3", "min_sessions: 0"),
    "a word for a number": edit(
        "`three` should be a number", "min_sessions: 3", "min_sessions: three"),
    "a word that is not allowed": edit(
        "did you mean `linear`?", "inclusion:", "modelling: {time: linaer}\ninclusion:"),
    "an unknown format of dates": edit(
        "`D.M.Y` is not allowed", "inclusion:", "reading: {sessions: {dates: D.M.Y}}\ninclusion:"),
    "an unknown encoding": edit(
        "`latin-9` is not allowed", "inclusion:",
        "reading: {patients: {encoding: latin-9}}\ninclusion:"),
    "published figures that are not there": edit(
        "no file data/published/none.csv", "inclusion:",
        "published: data/published/none.csv\ninclusion:"),
    "an own questionnaire with its ends exchanged": edit(
        "must lie below", "inclusion:",
        "own_instruments:\n  X: {title: X, short: X, measures: iip, minimum: 4, maximum: 0, "
        "higher_is: worse, source: us}\ninclusion:"),
    "an alliance where higher is worse": edit(
        "`higher_is` must be better", "inclusion:",
        "own_instruments:\n  X: {title: X, short: X, measures: alliance, minimum: 0, maximum: 4, "
        "higher_is: worse, source: us}\ninclusion:"),
    "a key given twice": edit(
        "the key `patients` is given twice",
        "  sessions: sessions.csv", "  patients: sessions.csv"),
    "a column whose name YAML takes for false": edit(
        "`False` should be a valid string; write the name in quotes",
        "session: Session", "session: No"),
    "a bracket that is never closed": edit("not valid YAML", "title: Clinic", "title: [Clinic"),
    "a tab at the beginning of a line": edit("not valid YAML", "  sessions: sessions.csv",
                                             "\tsessions: sessions.csv"),
    "an empty cohort file": text("holds no keys", ""),
    "a cohort file that is a list": text("holds no keys", "- patients.csv\n"),
    "a cohort file that is not UTF-8": text(
        "cannot be read as UTF-8", COHORT.replace("Clinic", "Größe").encode("latin-1")),
    "a cohort without a file": Case(
        "blocking", "no file config/cohorts/clinic.yaml", (), {YAML: None}),
}  # fmt: skip
