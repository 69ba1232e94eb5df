"""The proposed cohort file as text: what was found, and what has to be filled in."""

from collections.abc import Mapping, Sequence

import yaml

from rupture_repair.cohort.choices import Choice
from rupture_repair.cohort.proposal import FILL_IN, SCORES, Proposal
from rupture_repair.cohort.recognition import NUMBER_CODES, REACHED, Evidence, answer_range, outside
from rupture_repair.config.errors import one_line
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.sessions import SessionRules

HEAD = """\
# The cohort {name}, proposed from its files. Every key is explained in config/README.md.
# A column's name is no proof of what it holds: check each line. FILL_IN must be replaced.
# Then: make check NAME={name}
"""
NO_THERAPIST = (
    "    therapist_id: null # no column seems to name the therapists; name it if there is one:\n"
    "    # without therapists, patients count as independent of each other\n"
)
MISSING_SHARE = 0.2
SYMPTOM_DAYS = SessionRules().symptom_days


def cohort_file(
    name: str,
    title: str,
    files: Mapping[str, str],
    shapes: Mapping[str, str],
    proposal: Proposal,
    library: Mapping[str, Instrument],
    *,
    min_sessions: int = 3,
    real_patients: bool = True,
    sheets: Mapping[str, str | None] | None = None,
) -> str:
    """Return the text of `config/cohorts/<name>.yaml`.

    files, shapes : by kind, the file and what its rows are, in words; sheets : by kind, the sheet
    of a workbook.
    """
    lines = [*HEAD.format(name=name).splitlines(), f"title: {_scalar(title)}", "", "files:"]
    lines += [f"  {kind}: {_scalar(file)} # {shapes[kind]}" for kind, file in files.items()]
    lines += _reading(proposal, files, sheets or {})
    lines += [
        "",
        "columns: # {session} and {item} stand where the numbers of session and item stand",
    ]
    for kind, roles in proposal.chosen.items():
        lines.append(f"  {kind}:")
        for role, choice in roles.items():
            lines += _column(role, choice, proposal.choices[kind].get(role, []), proposal, library)
        if kind == "patients" and not any("therapist_id" in c for c in proposal.chosen.values()):
            lines += NO_THERAPIST.splitlines()
        if left := proposal.unused.get(kind):
            lines.append(f"  # not used: {_some(left)}")
    lines += ["", "instruments: # the questionnaire of each score: keys of config/instruments.yaml"]
    for role in SCORES:
        lines.append(f"  {role}: {proposal.instruments[role]} # {_why(role, proposal, library)}")
    codes = ", ".join(['""', "NA", "NaN", *map(_scalar, sorted({*proposal.codes} - {"NA", "NaN"}))])
    lines += [
        "",
        "# Contents of cells that mean `no answer`. A code that is declared in an SPSS file",
    ]
    lines += ["# is known already. Check that none of them is a possible score."]
    lines += [f"# {code}: {where}" for code, where in sorted(proposal.codes.items())]
    lines += [f"# not {code}: {where}" for code, where in sorted(proposal.clashes.items())]
    lines += [f"missing_codes: [{codes}]", ""]
    lines += _session_rules(proposal)
    lines += ["# Patients with fewer sessions are left out, and counted:"]
    lines += ["inclusion:", f"  min_sessions: {min_sessions}", ""]
    why = "" if real_patients else " The files, or you, say that there are no real patients."
    lines += [f"# If false, every page says that the data are synthetic.{why}"]
    lines += [f"real_patients: {str(real_patients).lower()}", ""]
    lines += ["# Real patients: small counts are masked in what can be shared."]
    lines += ["confidential: true", ""]
    # a column's name may hold a line end, which would end the comment that it stands in
    return "\n".join(one_line(part, len(part)) for part in lines)


def _reading(
    proposal: Proposal, files: Mapping[str, str], sheets: Mapping[str, str | None]
) -> list[str]:
    """Return the section `reading`, where the usual is not enough."""
    parts: dict[str, list[str]] = {kind: [] for kind in proposal.chosen}
    for kind, lines in parts.items():
        if sheet := sheets.get(kind if kind in files else "patients"):
            lines.append(f"    sheet: {_scalar(sheet)}")
        formats = proposal.dates.get(kind, [])
        if len(formats) > 1:
            lines.append(f"    dates: {FILL_IN} # {' or '.join(formats)}: no cell tells")
        elif formats:
            lines.append(f"    dates: {formats[0]}")
    if not any(parts.values()):
        return []
    if "sessions" not in files:  # one file is read once, for both
        parts["patients"] = parts["sessions"] = sorted({*parts["patients"], *parts["sessions"]})
    lines = ["", "reading:"]
    for kind, found in parts.items():
        lines += [f"  {kind}:", *found] if found else []
    return lines


def _session_rules(proposal: Proposal) -> list[str]:
    """Return the section `sessions`, where the files show that it is needed."""
    rules = []
    if proposal.intake:
        rules += ['  intake: ["0"] # taken for a rating before the first session']
    if "symptoms" in proposal.chosen:
        rules += [f"  symptom_days: {SYMPTOM_DAYS} # a session has the nearest rating of symptoms"]
        rules += ["    # that lies at most so many days before or after it"]
    return ["sessions:", *rules, ""] if rules else []


def _column(
    role: str,
    choice: Choice | None,
    choices: Sequence[Choice],
    proposal: Proposal,
    library: Mapping[str, Instrument],
) -> list[str]:
    if choice is None:
        why = "no column was recognised"
        if choices:
            why = f"may be {_some([_scalar(other.pattern) for other in choices])}"
            if any(other.doubtful for other in choices):
                why += "; do the numbers count items or sessions?"
        return [f"    {role}: {FILL_IN} # {why}"]
    tool = library.get(proposal.instruments.get(role, FILL_IN))
    words = held(role, choice.found, tool)
    others = [_scalar(other.pattern) for other in choices if other.pattern != choice.pattern]
    if others and role != "patient_id":
        words += f"; not taken: {_some(others)}"
    name = _scalar(choice.pattern)
    if not choice.items:
        return [f"    {role}: {name} # {words}"]
    share = (
        f"      missing_share: {MISSING_SHARE} # up to this share of the answers may be missing:"
    )
    share += " see your manual"
    return [f"    {role}:", f"      items: {name} # {words}", share]


def held(role: str, found: Evidence, tool: Instrument | None) -> str:
    """Return in words what the cells of a role hold."""
    where = f", sessions in {found.sessions} columns" if found.sessions else ""
    if found.items:
        where = f", {found.items} items" + (f" at {found.sessions} sessions" if where else "")
    if role not in {"alliance", "symptoms", "iip", "age", "session"}:
        return f"{found.different} different{where}"
    tally = found.tally
    strange = outside(tool, found) if tool else {}
    inside = [value for value in tally if value not in strange]
    if not inside:
        return f"no numbers{where}"
    words = f"{found.n} numbers from {min(inside):g} to {max(inside):g}{where}"
    if tool and strange:
        low, high = answer_range(tool, found)
        shown = ", ".join(f"{value:g} ({strange[value]}×)" for value in sorted(strange)[:5])
        words += f"; outside of {low:g} to {high:g}: {shown}"
    return words


def _why(role: str, proposal: Proposal, library: Mapping[str, Instrument]) -> str:
    """Return why this questionnaire was proposed, or what to choose from."""
    key = proposal.instruments[role]
    choice = next((roles[role] for roles in proposal.chosen.values() if roles.get(role)), None)
    if choice is None:
        return "name the column first"
    fitting = choice.tools.fitting
    if key == FILL_IN:
        return not_recognised(choice, library)
    tool = library[key]
    words = f"{tool.title}, {tool.minimum:g} to {tool.maximum:g}, higher is {tool.higher_is}"
    others = [other for other in fitting if other != key]
    return words + (f"; also fits: {_some(others)}" if others else "")


def not_recognised(choice: Choice, library: Mapping[str, Instrument]) -> str:
    """Return why no questionnaire is proposed: none fits, several do, or another version does."""
    found, fitting = choice.found, choice.tools.fitting
    words = f"may be {_some(list(fitting))}" if fitting else "none fits; see `own_instruments`"
    if (key := choice.tools.misfit) is None:
        return words
    tool = library[key]
    low, high = answer_range(tool, found)
    named = f"the column is named like {key}, whose {'answers' if found.items else 'scores'} go "
    named += f"from {low:g} to {high:g}"
    if found.items and (tool.scoring is None or tool.scoring.items != found.items):
        n = "unknown items" if tool.scoring is None else f"{tool.scoring.items} items"
        named = f"the column is named like {key}, which has {n} here, not {found.items}"
    else:
        named += f"; the cells from {_ends(found)}"
    if version := other_version(tool, found):
        named += f", as would {version}: copy the entry to `own_instruments` with that range"
    return f"{named}; {words}"


def other_version(tool: Instrument, found: Evidence) -> str | None:
    """Return in words how the cells may be made of the same items: as sum, mean or ten times it."""
    scoring, inside = tool.scoring, [v for v in found.tally if v not in NUMBER_CODES]
    if scoring is None or scoring.weights or found.items or not inside:
        return None
    ends, n_items = (scoring.item_minimum, scoring.item_maximum), len(scoring.parts)
    for words, factor in (
        (f"the mean of its {n_items} items", 1),
        ("ten times the mean of its items", 10),
        (f"the sum of its {n_items} items", n_items),
    ):
        low, high = (factor * end for end in ends)
        if low <= min(inside) and REACHED * (high - low) <= max(inside) - low <= high - low:
            return f"{words}, {low:g} to {high:g}"
    return None


def _ends(found: Evidence) -> str:
    inside = [v for v in found.tally if v not in NUMBER_CODES] or list(found.tally)
    return f"{min(inside):g} to {max(inside):g}" if inside else "no numbers"


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _scalar(text: str) -> str:
    """Return text as a YAML value, quoted where it must be."""
    printable_text = text.isprintable()
    dumped = yaml.safe_dump(
        [text],
        default_flow_style=True,
        default_style=None if printable_text else '"',
        allow_unicode=printable_text,
        width=1_000_000,
    )
    return dumped.strip()[1:-1]
