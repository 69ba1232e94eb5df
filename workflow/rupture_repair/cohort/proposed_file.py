"""The proposed cohort file as text: each line with what was found, and what only people know."""

from collections.abc import Mapping, Sequence

import yaml

from rupture_repair.cohort.proposal import FILL_IN, MEASURED, Proposal, pattern_of
from rupture_repair.cohort.recognition import Evidence, answer_range, outside
from rupture_repair.config.errors import told
from rupture_repair.config.instruments import Instrument

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
    sheet: str | None = None,
) -> str:
    """Return the text of `config/cohorts/<name>.yaml`.

    files, shapes : by kind, the file and what its rows are, in words.
    """
    lines = [*HEAD.format(name=name).splitlines(), f"title: {_scalar(title)}", "", "files:"]
    lines += [f"  {kind}: {_scalar(file)} # {shapes[kind]}" for kind, file in files.items()]
    lines += _reading(proposal, files, sheet)
    lines += [
        "",
        "columns: # {session} and {item} stand where the numbers of session and item stand",
    ]
    for kind, roles in proposal.columns.items():
        lines.append(f"  {kind}:")
        for role, column in roles.items():
            lines += _column(kind, role, column, proposal, library)
        if kind == "patients" and not any("therapist_id" in c for c in proposal.columns.values()):
            lines += NO_THERAPIST.splitlines()
        if left := proposal.unused.get(kind):
            lines.append(f"  # not used: {_some(left)}")
    lines += ["", "instruments: # the questionnaire of each score: keys of config/instruments.yaml"]
    for _, role in MEASURED:
        lines.append(f"  {role}: {proposal.instruments[role]} # {_why(role, proposal, library)}")
    codes = ", ".join(['""', "NA", "NaN", *map(_scalar, sorted({*proposal.codes} - {"NA", "NaN"}))])
    lines += [
        "",
        "# Contents of cells that mean `no answer`. A code that is declared in an SPSS file",
    ]
    lines += ["# is known already. Check that none of them is a possible score."]
    lines += [f"# {code}: {where}" for code, where in sorted(proposal.codes.items())]
    lines += [f"missing_codes: [{codes}]", ""]
    lines += ["# Patients with fewer sessions are left out, and counted:"]
    lines += ["inclusion:", f"  min_sessions: {min_sessions}", ""]
    why = "" if real_patients else " The files, or you, say that there are no real patients."
    lines += [f"# If false, every page says that the data are synthetic.{why}"]
    lines += [f"real_patients: {str(real_patients).lower()}", ""]
    lines += ["# Real patients: small counts are masked in what can be shared."]
    lines += ["confidential: true", ""]
    # a column's name may hold a line end, which would end the comment that it stands in
    return "\n".join(told(part, len(part)) for part in lines)


def _reading(proposal: Proposal, files: Mapping[str, str], sheet: str | None) -> list[str]:
    """Return the section `reading`, where the usual is not enough."""
    parts: dict[str, list[str]] = {"patients": [], "sessions": []}
    if sheet:
        for kind in parts:
            if files.get(kind, files["patients"]).lower().endswith(".xlsx"):
                parts[kind].append(f"    sheet: {_scalar(sheet)}")
    if len(proposal.dates) > 1:
        words = " or ".join(proposal.dates)
        parts["sessions"].append(f"    dates: {FILL_IN} # {words}: both fit every date")
    elif proposal.dates and proposal.dates != ["YYYY-MM-DD"]:
        parts["sessions"].append(f"    dates: {proposal.dates[0]} # the one format that fits")
    if not any(parts.values()):
        return []
    if "sessions" not in files:  # one file is read once, for both
        parts["patients"] = parts["sessions"] = sorted({*parts["patients"], *parts["sessions"]})
    lines = ["", "reading:"]
    for kind, found in parts.items():
        lines += [f"  {kind}:", *found] if found else []
    return lines


def _column(
    kind: str,
    role: str,
    column: str | dict[str, str],
    proposal: Proposal,
    library: Mapping[str, Instrument],
) -> list[str]:
    if column == FILL_IN:
        return [f"    {role}: {FILL_IN} # no column was recognised"]
    found = proposal.found[kind][role]
    tool = library.get(proposal.instruments.get(role, FILL_IN))
    name = _scalar(pattern_of(column))
    if not isinstance(column, dict):
        return [f"    {role}: {name} # {held(role, found, tool)}"]
    share = (
        f"      missing_share: {MISSING_SHARE} # up to this share of the answers may be missing:"
    )
    share += " see your manual"
    return [f"    {role}:", f"      items: {name} # {held(role, found, tool)}", share]


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
    key, fitting = proposal.instruments[role], proposal.fitting[role]
    if key == FILL_IN:
        return f"may be {_some(fitting)}" if fitting else "none fits; see `own_instruments`"
    tool = library[key]
    words = f"{tool.title}, {tool.minimum:g} to {tool.maximum:g}, higher is {tool.higher_is}"
    others = [other for other in fitting if other != key]
    return words + (f"; also fits: {_some(others)}" if others else "")


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _scalar(text: str) -> str:
    """Return text as a YAML value, quoted where it must be."""
    plain = text.isprintable()
    dumped = yaml.safe_dump(
        [text],
        default_flow_style=True,
        default_style=None if plain else '"',
        allow_unicode=plain,
        width=1_000_000,
    )
    return dumped.strip()[1:-1]
