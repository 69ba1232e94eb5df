"""What the heading of a column says: the role it names, and the questionnaires."""

import re
from collections.abc import Mapping

from rupture_repair.config.instruments import Instrument

# the first that fits counts; words of English, German, Danish, Norwegian, Swedish, Dutch
ROLES = {
    "date": r"date|datum|dato|fecha",
    "iip": r"interpers",
    "alliance": r"allian[cz]|arbeitsbündnis|arbeitsbeziehung|bündnis|\balliantie",
    "symptoms": r"sympt|distress|severity|belastung|beschwerde|\bgsi\b|outcome",
    "therapist_id": (
        r"\btherap\b|therapist|therapeut|terapeut|clinician|counsel+or|provider|behandler|"
        r"behandelaar|psycholog|practitioner"
    ),
    "age": r"\b(age|ages|alter|alders?|alderen|leeftijd|ålder|alder ved start)\b",
    "gender": r"\b(gender|sex|geschlecht|køn|kjønn|kön|geslacht|koen|kjoenn)\b",
    "diagnosis": r"diag|\bicd|\bdsm|störung|stoerung|disorder|stoornis",
    "orientation": r"orientation|modality|ausrichtung|verfahren|schule\b|retning",
    "session": (
        r"^(session|sess|sessie|sitzung|sitz|stunde|termin|visit|besuch|week|woche|wave|welle|"
        r"samtale|møde|zitting|konsultation|kontakt|redcap (repeat instance|event name)|"
        r"repeat instance|event name)"
    ),
    "patient_id": (
        r"^(patient|pat|client|klient|kunde|borger|case|fall|subject|participant|proband|"
        r"teilnehmer|respondent|record|studien?|pid|id|code|chiffre|pseudonym|kennung|cpr)"
    ),
}
# letters with another meaning: a patient's number, a word, the arm of a trial
NO_FAMILY = frozenset({"k", "gp", "pid", "who", "arm"})
# words for a rater other than the patient
OTHER_RATER = re.compile(r"\b(therap\w*|terap\w*|behandler|observer|rater|clinician|fremd)\b")


def normalised(column: str) -> str:
    """Return a heading in small letters with single blanks: `PatientID` is `patient id`."""
    apart = re.sub(r"(?<=[a-zäöüæøå])(?=[A-ZÄÖÜÆØÅ])", " ", column)
    return re.sub(r"[\W_]+", " ", apart).strip().lower()


def numbered_names(library: Mapping[str, Instrument]) -> frozenset[str]:
    """Return the names of questionnaires that end in a number, such as `phq9`."""
    names = {n for key, tool in library.items() for n in (key, tool.short, *tool.also_named)}
    letters = {re.sub(r"[\W_]", "", name.lower()) for name in names}
    return frozenset(name for name in letters if name[-1:].isdigit())


def named_tools(words: str, library: Mapping[str, Instrument]) -> list[str]:
    """Return the questionnaires whose name a heading bears: `wai_sr_sum` bears WAI-SR.

    Of several, those with the longest name: `phq9` is no PHQ.
    """
    found: dict[str, int] = {}
    for key, tool in library.items():
        for name in (key, tool.short, *tool.also_named):
            letters = re.sub(r"[\W_]", "", name.lower())
            match = re.search(
                r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, letters)) + r"(?![^\W_])",
                words.lower(),
            )
            if match and (name == key or letters != _stem(key)):
                found[key] = max(found.get(key, 0), len(letters))
    longest = max(found.values(), default=0)
    return [key for key, length in found.items() if length == longest]


def family_of(words: str, library: Mapping[str, Instrument]) -> list[str]:
    """Return the questionnaires that a heading may mean by the name they share: `wai`, `core`."""
    parts = set(re.split(r"[\W_\d]+", words.lower()))
    return [key for key in library if _stem(key) in parts - NO_FAMILY]


def numbered_otherwise(words: str, library: Mapping[str, Instrument]) -> bool:
    """Whether the number after the shared name belongs to no questionnaire here: `phq2`."""
    if named_tools(words, library):
        return False
    stems = {_stem(key) for key in family_of(words, library)}
    return any(re.search(rf"(?<![^\W_]){stem}[\W_]*\d", words.lower()) for stem in stems)


def role_of(words: str, library: Mapping[str, Instrument]) -> str | None:
    """Return the role that a heading names, of those in `ROLES`."""
    text = normalised(words)
    if re.search(ROLES["date"], text):
        return "date"
    tools = named_tools(words, library) or family_of(words, library)
    roles = {library[key].measures for key in tools}
    if len(roles) == 1:
        return None if OTHER_RATER.search(text) else str(next(iter(roles)))
    return next((role for role, known in ROLES.items() if re.search(known, text)), None)


def _stem(key: str) -> str:
    return re.split(r"[-\d]", key.lower())[0]
