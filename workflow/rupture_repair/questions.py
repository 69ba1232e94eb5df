"""What `new-cohort` asks the person at the terminal, and what the answers change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from rupture_repair.cohort.choices import Choice, choice_of, patterns
from rupture_repair.cohort.proposal import FILL_IN, Proposal, codes_of, measured, with_columns
from rupture_repair.cohort.proposed_file import held, not_recognised
from rupture_repair.config.errors import did_you_mean, one_line
from rupture_repair.config.instruments import Instrument

# question and default → answer; the default is the answer to an empty line
Ask = Callable[[str, str], str]
MEANING = {
    "patient_id": "the patients' pseudonyms",
    "session": "the session numbers",
    "alliance": "the alliance rating",
    "symptoms": "the symptom rating",
    "iip": "interpersonal problems at the start",
}
MAX_TRIES = 3
MAX_NAMED = 12
MAX_LINE_LENGTH = 2000


@dataclass(frozen=True)
class Answers:
    """What the files do not tell; None is asked, or taken as usual where nobody answers.

    sheets : those of a workbook that are meant; empty: as their contents tell.
    """

    title: str | None = None
    min_sessions: int | None = None
    real_patients: bool | None = None
    sheets: tuple[str, ...] = ()


def ask_about_columns(
    proposal: Proposal,
    tables: Mapping[str, pd.DataFrame],
    library: Mapping[str, Instrument],
    ask: Ask,
) -> Proposal:
    """Return the proposal with what was unknown or uncertain as it was answered."""
    chosen = {kind: dict(roles) for kind, roles in proposal.chosen.items()}
    for kind, roles in chosen.items():
        for role in roles:
            roles[role] = _column(proposal, kind, role, tables[kind], library, ask)
    proposal = with_columns(chosen, proposal.choices, tables, library)
    instruments = dict(proposal.instruments)
    for role, choice in measured(chosen).items():
        if choice:
            instruments[role] = _questionnaire(choice, role, instruments[role], library, ask)
    found, clashes = codes_of(chosen, instruments, library)
    codes = {
        code: where
        for code, where in found.items()
        if _yes(ask, f"Does `{code}` mean `no answer` ({where})?", default=True)
    }
    dates = {
        kind: _dates(formats, kind, len(proposal.dates), ask)
        for kind, formats in proposal.dates.items()
    }
    return replace(proposal, instruments=instruments, codes=codes, clashes=clashes, dates=dates)


def _dates(formats: list[str], kind: str, n_kinds: int, ask: Ask) -> list[str]:
    """Ask how the dates of a file are written where no cell tells."""
    if len(formats) < 2:
        return formats
    where = f" in the {kind[:-1]} file" if n_kinds > 1 else ""
    question = f"How are dates written{where}: {' or '.join(formats)}?"
    answer = _one_of(ask, question, formats, FILL_IN)
    return formats if answer == FILL_IN else [answer]


def ask_about_patients(answers: Answers, name: str, synthetic: bool, ask: Ask) -> Answers:
    """Return the answers with title, kind of patients and smallest number of sessions."""
    title, real, least = answers.title, answers.real_patients, answers.min_sessions
    if title is None:
        title = ask("Title of the report", name)
    if real is None:
        real = _yes(ask, "Are these real patients?", default=not synthetic)
    if least is None:
        words = [str(number) for number in range(1, 101)]
        least = int(_one_of(ask, "Leave out patients with fewer sessions than", words, "3"))
    return replace(answers, title=title, real_patients=real, min_sessions=least)


def _column(
    proposal: Proposal,
    kind: str,
    role: str,
    table: pd.DataFrame,
    library: Mapping[str, Instrument],
    ask: Ask,
) -> Choice | None:
    """Ask for a column that is not known, and for one of several that may be meant."""
    choice = proposal.chosen[kind][role]
    others = [c.pattern for c in proposal.choices[kind].get(role, [])]
    rivals = role in MEANING and role != "patient_id" and len(others) > 1
    if role not in MEANING or (choice and not rivals):
        return choice
    known = patterns(table, library)
    shown = [*others, *(name for name in known if name not in others)][:MAX_NAMED]
    question = f"Which column of the {kind[:-1]} file holds {MEANING[role]}? ({', '.join(shown)})"
    name = _one_of(ask, question, list(known), choice.pattern if choice else FILL_IN)
    if choice and name == choice.pattern:
        return choice
    return None if name == FILL_IN else choice_of(name, known[name], role, table, library)


def _questionnaire(
    choice: Choice, role: str, key: str, library: Mapping[str, Instrument], ask: Ask
) -> str:
    what = held(role, choice.found, library.get(key))
    fitting = ", ".join(choice.tools.fitting) or "none of those known"
    question = f"Which questionnaire is {choice.pattern} ({what})? It may be: {fitting}."
    if choice.tools.misfit:
        question = f"{not_recognised(choice, library).capitalize()}. {question}"
    keys = [name for name, tool in library.items() if tool.measures == role]
    return _one_of(ask, question, keys, key)


def _one_of(ask: Ask, question: str, known: Sequence[str], default: str) -> str:
    """Return an answer that is known; after several others the default."""
    for _ in range(MAX_TRIES):
        answer = ask(one_line(question, MAX_LINE_LENGTH), default).strip()
        if answer in known or answer == default:
            return answer
        question = f"`{answer}` is not known; {did_you_mean(answer, known)}"
    return default


def _yes(ask: Ask, question: str, *, default: bool) -> bool:
    return _one_of(ask, question, ["y", "n", "yes", "no"], "yes" if default else "no")[0] == "y"
