"""Names and words in cells: one spelling for each, words for `missing`, names that look alike."""

import re
import unicodedata
from collections.abc import Iterable

# what no one sees: zero-width blanks and joiners, soft hyphens, marks of byte order
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# a minus as typesetters write it, before a number
_MINUS = re.compile(r"^\u2212(?=\s*\d+(?:[.,]\d+)?\s*$)")
_BLANKS = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# what programs write where there is no value; Excel's #N/A has a name in each language
PROGRAM_WORDS = frozenset(
    {"#null!", "#n/a", "#nv", "#i/t", "#n/b", "#n/d", "#saknas!", "#puuttuu!"}
    | {"<na>", "null", "nan", "nat", "n/a", ".", "..", "-", "--", "–", "—"}
)
# words that mean `missing` in a column of numbers only: a diagnosis may be `none`
MISSING_WORDS = PROGRAM_WORDS | {"na", "none", "n.a.", "missing"}
# entries for an unknown or missing therapist, as clinics write them
NOBODY = MISSING_WORDS | frozenset(
    word
    for line in """\
unknown | not known | not recorded | not available | not assigned | unassigned | no therapist
not stated | not specified | unspecified | undefined | tbd | ? | ?? | ???
unbekannt | nicht bekannt | nicht erfasst | nicht angegeben | nicht zugewiesen | nicht zugeordnet
keine angabe | k.a. | k. a. | ka | kein therapeut | fehlt | fehlend
ukendt | ikke oplyst | ikke kendt | ikke angivet | ikke registreret | uoplyst | mangler
ukjent | ikke kjent | ikke oppgitt | okänd | okänt | ej angivet | uppgift saknas | saknas
tuntematon | onbekend | niet bekend | niet ingevuld | inconnu | inconnue | non renseigné
desconocido | desconocida | desconhecido | sconosciuto | non noto | nieznany | neznámý
""".splitlines()
    for word in map(str.strip, line.split("|"))
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})


def tidied(text: str) -> str:
    """Return text in Unicode's composed form, without invisible characters or blanks around it.

    The minus of a number is a hyphen.
    """
    if not text.isascii():
        text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text).translate(_UNSEEN)).strip()
        text = _MINUS.sub("-", text)
    return text.strip()


def names_nobody(name: str) -> bool:
    """Whether the name of a therapist is a word for `unknown` or `missing`."""
    return re.sub(r"\s+", " ", name.casefold()).strip(" ()[]") in NOBODY


def likeness(name: str) -> str:
    """Return what names have in common that differ in case, blanks, marks or leading zeros alone.

    `T. Weber`, `t.weber`; `P-07`, `p7`; `1`, `1.0`, `001`; `Müller`, `Mueller`. Marks between
    digits count: `1-2` is not `12`.
    """
    folded = name.lower()
    if not name.isascii():
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    if number := re.fullmatch(r"(\d+)(?:[.,]0+)?", folded.strip()):
        return number[1].lstrip("0") or "0"
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded.translate(_UMLAUTS))
        folded = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    if not folded.isalnum():
        folded = re.sub(r"[^\w~]|_", "", re.sub(r"(?<=\d)[\W_]+(?=\d)", "~", folded))
    return re.sub(r"(?<!\d)0+(?=\d)", "", folded)


def alike(names: Iterable[str]) -> list[list[str]]:
    """Return the groups of different names with one likeness, in the order of their appearance."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        groups.setdefault(likeness(name), []).append(name)
    return [group for key, group in groups.items() if key and len(group) > 1]
