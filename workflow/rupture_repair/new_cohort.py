"""The command `new-cohort`: from a clinic's files to a cohort file, with a few questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.proposal import (
    FILL_IN,
    MEASURED,
    Proposal,
    pattern_of,
    patterns,
    propose,
    with_columns,
)
from rupture_repair.cohort.proposed_file import cohort_file, held
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFile, RawFileError
from rupture_repair.cohort.recognition import matching
from rupture_repair.config.errors import ConfigError, ConfigProblem, did_you_mean, told
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.project import wrong_name
from rupture_repair.config.reading import Reading
from rupture_repair.config.yaml_files import entries_of

# question and default → answer; the default is the answer to an empty line
Ask = Callable[[str, str], str]
MEANING = {
    "patient_id": "the patients' pseudonyms",
    "session": "the session numbers",
    "alliance": "the alliance rating",
    "symptoms": "the symptom rating",
    "iip": "interpersonal problems at the start",
}
MOST_TRIES = 3
MOST_OF_A_LINE = 2000


@dataclass(frozen=True)
class Answers:
    """What the files do not tell; None is asked, or taken as usual where nobody answers."""

    title: str | None = None
    min_sessions: int | None = None
    real_patients: bool | None = None
    sheet: str | None = None


def new_cohort(
    name: str,
    files: Sequence[str],
    ask: Ask | None = None,
    answers: Answers | None = None,
    config: Path = Path("config"),
) -> tuple[int, str]:
    """Write `cohorts/<name>.yaml` under `config`; return an exit status and what to say.

    files : one file, or the patient file and the session file, in either order. ask : None where
    nobody sits at the terminal. An existing cohort file is never overwritten.
    """
    answers = answers or Answers()
    target = config / "cohorts" / f"{name}.yaml"
    if why := wrong_name(name):
        return 1, f"{why}."
    if target.exists():
        return 1, f"{target} exists already and was left as it is; choose another name."
    if len(files) not in {1, 2}:
        return 1, "Give one file, or the patient file and the session file."
    try:
        raws = [_read(file, answers.sheet) for file in files]
    except RawFileError as error:
        return 1, told(f"{error}. {error.remedy}", MOST_OF_A_LINE)
    problems: list[ConfigProblem] = []
    entries = entries_of(Instrument, config / "instruments.yaml", problems)
    if problems:
        raise ConfigError(problems)
    library = {key: tool for key, tool in (entries or {}).items() if tool is not None}
    given = list(zip(files, raws, strict=True))
    if len(given) == 2 and _is_session_file(given[0][1].table, given[1][1].table, library):
        given.reverse()
    tables = {"patients": given[0][1].table, "sessions": given[-1][1].table}
    proposal = propose(tables["patients"], tables["sessions"], library)
    synthetic = any("synthetic" in note.lower() for raw in raws for note in raw.notes)
    if ask is not None:
        proposal = _asked(proposal, tables, library, ask)
        answers = _asked_about_people(answers, name, synthetic, ask)
    kinds = ("patients", "sessions")[: len(given)]
    text = cohort_file(
        name,
        answers.title or name,
        {kind: file for kind, (file, _) in zip(kinds, given, strict=True)},
        {kind: shape_of(tables[kind], proposal, kind) for kind in kinds},
        proposal,
        library,
        min_sessions=answers.min_sessions or 3,
        real_patients=not synthetic if answers.real_patients is None else answers.real_patients,
        sheet=answers.sheet,
    )
    target.write_text(text, encoding="utf-8")
    shapes = [f"  {file}: {shape_of(raw.table, proposal, kind)}"
              for kind, (file, raw) in zip(kinds, given, strict=True)]  # fmt: skip
    lines = [f"Wrote {target}.", *shapes, *_said(name, proposal, library)]
    return 0, "\n".join(told(line, MOST_OF_A_LINE) for line in lines)


def shape_of(table: pd.DataFrame, proposal: Proposal, kind: str) -> str:
    """Return in words what the rows of a file are."""
    column = pattern_of(proposal.columns[kind]["patient_id"])
    if column not in table:
        return f"{len(table)} rows"
    ids = table.loc[table[column] != "", column]
    if ids.nunique() < 0.9 * len(ids):
        return f"{len(table)} rows, a row per session of {ids.nunique()} patients"
    side_by_side = max(found.sessions for found in proposal.found["sessions"].values())
    ratings = proposal.columns["sessions"]["alliance"]
    if side_by_side and matching(pattern_of(ratings), table.columns):
        return f"{len(table)} rows, a row per patient, up to {side_by_side} sessions side by side"
    return f"{len(table)} rows, a row per patient"


def _read(file: str, sheet: str | None) -> RawFile:
    return read_raw(Path(file), Reading(sheet=sheet) if file.lower().endswith(".xlsx") else None)


def _is_session_file(
    first: pd.DataFrame, second: pd.DataFrame, library: dict[str, Instrument]
) -> bool:
    """Whether the files were given the other way round: the ratings stand in the first only."""
    kept, turned = (propose(a, b, library).unknown for a, b in ((first, second), (second, first)))
    return len(turned) < len(kept)


def _asked(
    proposal: Proposal, tables: dict[str, pd.DataFrame], library: dict[str, Instrument], ask: Ask
) -> Proposal:
    """Return the proposal with what was unknown or uncertain as it was answered."""
    for kind, roles in proposal.columns.items():
        known = patterns([column for column in tables[kind] if column != "line"])
        for role in [role for role, column in roles.items() if column == FILL_IN]:
            question = f"Which column of the {kind[:-1]} file holds {MEANING[role]}?"
            name = _one_of(ask, f"{question} ({', '.join(known[:12])})", known, FILL_IN)
            roles[role] = {"items": name} if "{item}" in name else name
    proposal = with_columns(proposal.columns, tables, library, proposal.unused)
    instruments = dict(proposal.instruments)
    for kind, role in MEASURED:
        if proposal.columns[kind][role] == FILL_IN:
            continue
        what = held(role, proposal.found[kind][role], library.get(instruments[role]))
        fitting = ", ".join(proposal.fitting[role]) or "none of those known"
        column = pattern_of(proposal.columns[kind][role])
        question = f"Which questionnaire is {column} ({what})? It may be: {fitting}."
        keys = [key for key, tool in library.items() if tool.measures == role]
        instruments[role] = _one_of(ask, question, keys, instruments[role])
    codes = {
        code: where
        for code, where in proposal.codes.items()
        if _yes(ask, f"Does `{code}` mean `no answer` ({where})?", True)
    }
    dates = proposal.dates
    if len(dates) > 1:
        answer = _one_of(ask, f"How are dates written: {' or '.join(dates)}?", dates, FILL_IN)
        dates = dates if answer == FILL_IN else [answer]
    return replace(proposal, instruments=instruments, codes=codes, dates=dates)


def _asked_about_people(answers: Answers, name: str, synthetic: bool, ask: Ask) -> Answers:
    title, real, least = answers.title, answers.real_patients, answers.min_sessions
    if title is None:
        title = ask("Title of the report", name)
    if real is None:
        real = _yes(ask, "Are these real patients?", not synthetic)
    if least is None:
        words = [str(number) for number in range(1, 101)]
        least = int(_one_of(ask, "Leave out patients with fewer sessions than", words, "3"))
    return replace(answers, title=title, real_patients=real, min_sessions=least)


def _one_of(ask: Ask, question: str, known: Sequence[str], default: str) -> str:
    """Return an answer that is known; after several others the default."""
    for _ in range(MOST_TRIES):
        answer = ask(told(question, MOST_OF_A_LINE), default).strip()
        if answer in known or answer == default:
            return answer
        question = f"`{answer}` is not known; {did_you_mean(answer, known)}"
    return default


def _yes(ask: Ask, question: str, default: bool) -> bool:
    return _one_of(ask, question, ["y", "n", "yes", "no"], "yes" if default else "no")[0] == "y"


def _said(name: str, proposal: Proposal, library: dict[str, Instrument]) -> list[str]:
    """Return what was recognised and what to check, in plain words."""
    lines = []
    for kind, roles in proposal.columns.items():
        for role, column in roles.items():
            if column != FILL_IN:
                lines.append(f"  {kind}: {role} is taken from {pattern_of(column)}")
    for role, key in proposal.instruments.items():
        if key != FILL_IN:
            tool = library[key]
            lines.append(f"  {role} is measured by {key}: {tool.minimum:g} to {tool.maximum:g}")
    lines += [f"  `{code}` means `no answer`: {where}" for code, where in proposal.codes.items()]
    if proposal.unknown:
        lines.append(f"To fill in ({FILL_IN}): {', '.join(proposal.unknown)}.")
    if not any("therapist_id" in roles for roles in proposal.columns.values()):
        lines.append("No column seems to name the therapists: add `therapist_id` if one does.")
    lines += [
        "Please check in the file:",
        "  * that each column holds what it is taken for, and each questionnaire is the one used;",
        "  * that higher scores mean what config/instruments.yaml says (`higher_is`);",
        "  * that no missing code is a possible score.",
        f"Then: make check NAME={name}",
    ]
    return lines
