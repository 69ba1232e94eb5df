"""The files that a clinic delivers: paths as somebody typed them, sheets, and which holds what."""

import shlex
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl

from rupture_repair.cohort.numbers import with_points_everywhere
from rupture_repair.cohort.proposal import Proposal, propose
from rupture_repair.cohort.raw import read_raw
from rupture_repair.cohort.raw_file import RawFile, RawFileError
from rupture_repair.cohort.separate_symptoms import with_separate_symptoms
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reading import Reading


@dataclass(frozen=True)
class Source:
    """One table of a delivery: a file, or one sheet of a workbook."""

    file: str
    sheet: str | None
    raw: RawFile

    @property
    def shown(self) -> str:
        """The table as messages call it."""
        return self.file if self.sheet is None else f"{self.file}, sheet {self.sheet}"


def named_files(typed: str) -> list[str]:
    """Return the paths of one to three files from a line like `patients.csv my sessions.csv`.

    Paths may be quoted, apart by blanks, colons or line ends. A path with blanks need not be
    quoted where only one way to read the line names files that exist.
    """
    typed = typed.strip()
    words = typed.split(" ")
    try:
        quoted = shlex.split(typed)
    except ValueError:  # an apostrophe in a name
        quoted = words
    readings = [[typed], [part.strip() for part in typed.splitlines()], quoted]
    readings.append([part.strip() for part in typed.split(":")])
    ends = range(1, len(words))
    cuts = [(n,) for n in ends] + [(n, m) for n in ends for m in range(n + 1, len(words))]
    readings += [
        [
            " ".join(words[begin:end]).strip()
            for begin, end in zip((0, *cut), (*cut, None), strict=True)
        ]
        for cut in cuts
    ]
    for paths in readings:
        if paths and all(path and Path(path).is_file() for path in paths):
            return paths
    return quoted


def sheets_of(file: str) -> list[str]:
    """Return the visible sheets of a workbook; none of another file, or of one that is broken."""
    if not file.lower().endswith(".xlsx"):
        return []
    try:
        with zipfile.ZipFile(file):
            book = openpyxl.load_workbook(file, read_only=True)
    except Exception:
        return []
    names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    book.close()
    return names


def named_sheets(typed: list[str], names: list[str]) -> list[str]:
    """Return the sheets that were typed, one in each text or two in one; all where none was.

    A name with blanks need not be quoted where the sheets of the workbook tell.
    """
    if not typed:
        return names
    if len(typed) > 1 or typed[0] in names:
        return typed
    readings = [[part.strip() for part in typed[0].split(mark)] for mark in ",;:\n"]
    try:
        readings.append(shlex.split(typed[0]))
    except ValueError:
        readings.append(typed[0].split())
    words = typed[0].split(" ")
    readings += [[" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words))]
    return next((found for found in readings if set(found) <= set(names)), typed)


def sources_of(files: list[str], sheets: list[str]) -> list[Source]:
    """Return every table of the files: of a workbook with several sheets those that hold one.

    sheets : those that are meant, empty for all. Raises `RawFileError` where a file cannot be read,
    or no sheet of it.
    """
    found: list[Source] = []
    for file in files:
        names = sheets_of(file)
        if len(names) < 2 and not (sheets and names):
            found.append(Source(file, None, _read(file, None)))
            continue
        wanted = named_sheets(sheets, names)
        errors = []
        for sheet in wanted:
            try:
                found.append(Source(file, sheet, _read(file, sheet)))
            except RawFileError as error:
                errors.append(error)
        if errors and (sheets or len(errors) == len(wanted)):
            raise errors[0]
    return found


def assigned(
    sources: list[Source], library: Mapping[str, Instrument]
) -> tuple[dict[str, Source], Proposal]:
    """Return which table holds what, by kind, with the proposal.

    `patients` and `sessions`, maybe one table for both; `symptoms` where these are rated apart.
    That which leaves least to be filled in is taken: one table for both before two.
    """
    pairs = [(source, source) for source in sources]
    pairs += [(a, b) for a in sources for b in sources if a is not b]
    whole = len(sources) != 2 or sources[0].file == sources[1].file
    proposals: list[tuple[dict[str, Source], Proposal]] = []
    for people, ratings in pairs:
        given = {"patients": people, "sessions": ratings}
        tables = {kind: source.raw.table for kind, source in given.items()}
        found = propose(tables["patients"], tables["sessions"], library)
        if whole or people is not ratings:
            proposals.append((given, found))
        for other in sources:
            if other is people or other is ratings:
                continue
            if more := with_separate_symptoms(found, tables, other.raw.table, library):
                proposals.append((given | {"symptoms": other}, more))
    return min(proposals, key=lambda found: _missing(found[1]))


def _missing(proposal: Proposal) -> tuple[int, int]:
    """Return how much is not there, then how much would be left unused."""
    left = sum(len(columns) for columns in proposal.unused.values())
    shared = proposal.chosen["patients"].get("patient_id") is None
    return len(proposal.unknown) + shared, left


def _read(file: str, sheet: str | None) -> RawFile:
    return with_points_everywhere(read_raw(Path(file), Reading(sheet=sheet)))
