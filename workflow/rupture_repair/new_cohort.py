"""The command `new-cohort`: from a clinic's files to a cohort file, with a few questions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from rupture_repair.check_cohort import first_look, is_interactive
from rupture_repair.cohort.column_patterns import matching
from rupture_repair.cohort.delivery import assigned, sources_of
from rupture_repair.cohort.proposal import FILL_IN, Proposal
from rupture_repair.cohort.proposed_file import cohort_file, not_recognised
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.config.errors import ConfigError, ConfigProblem, one_line
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.project import name_problem
from rupture_repair.config.yaml_files import entries_of
from rupture_repair.questions import (
    MAX_LINE_LENGTH,
    Answers,
    Ask,
    ask_about_columns,
    ask_about_patients,
)

MAX_FILES = 3


def new_cohort(
    name: str,
    files: Sequence[str],
    ask: Ask | None = None,
    answers: Answers | None = None,
    config: Path = Path("config"),
) -> tuple[int, str]:
    """Write `cohorts/<name>.yaml` under `config`; return an exit status and what to say.

    files : one file, or the patient file and the session file, and a file of symptoms that are
    rated apart, in any order; a workbook may hold them all. ask : None where nobody sits at the
    terminal. An existing cohort file is never overwritten.
    """
    answers = answers or Answers()
    target = config / "cohorts" / f"{name}.yaml"
    if why := name_problem(name):
        return 1, f"{why}."
    if target.exists():
        return 1, f"{target} exists already and was left as it is; choose another name."
    if not 1 <= len(files) <= MAX_FILES:
        words = "Give one file, or the patient file and the session file"
        return 1, f"{words} (and one of symptoms that are rated apart from the sessions)."
    problems: list[ConfigProblem] = []
    entries = entries_of(Instrument, config / "instruments.yaml", problems)
    if problems:
        raise ConfigError(problems)
    library = {key: tool for key, tool in (entries or {}).items() if tool is not None}
    try:
        sources = sources_of(list(files), list(answers.sheets))
    except RawFileError as error:
        return 1, one_line(f"{error}. {error.remedy}", MAX_LINE_LENGTH)
    holding, proposal = assigned(sources, library)
    tables = {kind: source.raw.table for kind, source in holding.items()}
    synthetic = any("synthetic" in note.lower() for s in sources for note in s.raw.notes)
    if ask is not None:
        proposal = ask_about_columns(proposal, tables, library, ask)
        answers = ask_about_patients(answers, name, synthetic, ask)
    given = dict(holding)
    if given["sessions"] is given["patients"]:
        del given["sessions"]
    shapes = {kind: shape_of(tables[kind], proposal, kind) for kind in given}
    text = cohort_file(
        name,
        answers.title or name,
        {kind: source.file for kind, source in given.items()},
        shapes,
        proposal,
        library,
        min_sessions=answers.min_sessions or 3,
        real_patients=not synthetic if answers.real_patients is None else answers.real_patients,
        sheets={kind: source.sheet for kind, source in given.items()},
    )
    target.write_text(text, encoding="utf-8")
    lines = [f"Wrote {target}."]
    lines += [f"  {source.shown}: {shapes[kind]}" for kind, source in given.items()]
    others = [source.shown for source in sources if source not in given.values()]
    lines += [f"  not used: {', '.join(others)}"] * bool(others)
    lines += _summary(name, proposal, library)
    if not proposal.unknown:
        lines.append(first_look(name, config, interactive=is_interactive()))
    lines.append(f"Then: make check NAME={name}")
    return 0, "\n".join(one_line(line, MAX_LINE_LENGTH) for line in lines)


def shape_of(table: pd.DataFrame, proposal: Proposal, kind: str) -> str:
    """Return in words what the rows of a file are."""
    ids = proposal.chosen[kind].get("patient_id")
    if ids is None or ids.pattern not in table:
        return f"{len(table)} rows"
    cells = table.loc[table[ids.pattern] != "", ids.pattern]
    if cells.nunique() < 0.9 * len(cells):
        row = "rating" if kind == "symptoms" else "session"
        return f"{len(table)} rows, a row per {row} of {cells.nunique()} patients"
    rated = [choice for choice in proposal.chosen["sessions"].values() if choice]
    side_by_side = max((choice.found.sessions for choice in rated), default=0)
    here = any(matching(c.pattern, table.columns) for c in rated if c.found.sessions)
    if side_by_side and here:
        return f"{len(table)} rows, a row per patient, up to {side_by_side} sessions side by side"
    return f"{len(table)} rows, a row per patient"


def _summary(name: str, proposal: Proposal, library: Mapping[str, Instrument]) -> list[str]:
    """Return what was recognised and what to check, in plain words."""
    lines = []
    for kind, roles in proposal.chosen.items():
        for role, choice in roles.items():
            if choice:
                lines.append(f"  {kind}: {role} is taken from {choice.pattern}")
            others = [c.pattern for c in proposal.choices[kind].get(role, []) if c != choice]
            if others and role != "patient_id":
                lines.append(f"    it may also be: {', '.join(others)}")
    for kind, roles in proposal.chosen.items():
        for role, choice in roles.items():
            key = proposal.instruments.get(role)
            if choice is None or key is None:
                continue
            if key == FILL_IN:
                lines.append(f"  {role} is not recognised: {not_recognised(choice, library)}")
            else:
                tool = library[key]
                lines.append(f"  {role} is measured by {key}: {tool.minimum:g} to {tool.maximum:g}")
        if proposal.unused.get(kind):
            lines.append(f"  {kind}: not used: {', '.join(proposal.unused[kind])}")
    lines += [f"  `{code}` means `no answer`: {where}" for code, where in proposal.codes.items()]
    lines += [
        f"  `{code}` cannot be a code for `no answer`: {where}. Empty those cells."
        for code, where in proposal.clashes.items()
    ]
    if proposal.intake:
        lines.append("  session 0 is taken for a rating before the first session")
    if proposal.unknown:
        lines.append(f"To fill in ({FILL_IN}): {', '.join(proposal.unknown)}.")
    if not any("therapist_id" in roles for roles in proposal.chosen.values()):
        lines.append("No column seems to name the therapists: add `therapist_id` if one does.")
    return [
        *lines,
        "Please check in the file:",
        "  * that each column holds what it is taken for, and each questionnaire is the one used;",
        "  * that higher scores mean what config/instruments.yaml says (`higher_is`);",
        "  * that no missing code is a possible score.",
    ]
