"""An archive of a run that others can unpack, read and run again: a Workflow Run RO-Crate.

Profile: Workflow Run Crate 0.5, https://w3id.org/ro/wfrun/workflow/0.5. Code and configuration lie
where they lie in the repository, so that `make reproduce` works in the unpacked folder; the
archived results lie in `archived/<cohort>/`.
"""

import json
import tempfile
from pathlib import Path

from rupture_repair import __version__
from rupture_repair.config.cohort_settings import CohortSettings
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.settings import Settings
from rupture_repair.provenance import verify_archive
from rupture_repair.provenance.crate import ArchivedRun, write_crate
from rupture_repair.provenance.integrity import differing, record_of
from rupture_repair.provenance.record import NAME, can_be_shared
from rupture_repair.provenance.shareable import ARCHIVED, inside, shareable_code
from rupture_repair.provenance.source import MANIFEST, sha256, source_state

COMPARISON = "comparison"  # beside the cohorts


def archive(settings: Settings, folder: Path, *, with_patient_data: bool) -> tuple[int, str]:
    """Write the archive of the runs of all cohorts in `settings`; return status and what to say.

    folder : the repository, or an unpacked archive. Raises `ExpectedError`, also where a record
    does not match the files that are there.
    """
    try:
        code = shareable_code(settings, folder)
    except FileNotFoundError:
        raise ExpectedError(
            f"{folder.resolve().name} is neither a git repository nor an unpacked archive: "
            "which files belong to the workflow is not known."
        ) from None
    runs = [
        _run(settings, name, folder, with_patient_data=with_patient_data)
        for name in settings.cohorts
    ]
    comparison = _comparison(settings, folder)
    state = source_state(folder)
    commit = (state["commit"] or "unknown")[:7]
    target = folder / f"{NAME}-{__version__}-{commit}-{'-'.join(settings.cohorts)}.crate.zip"
    with tempfile.TemporaryDirectory() as scratch:
        files = {file: folder / file for file in code.files}
        for cohort in settings.cohorts.values():
            files |= _without_absolute_paths(cohort, folder, Path(scratch))
        checker = Path(verify_archive.__file__)
        files[checker.name] = checker
        results = [*(run.results for run in runs), *(run.raw for run in runs), comparison]
        manifest = {
            **state,
            "files": {place: sha256(file) for place, file in files.items()},
            "archived": {place: sha256(f) for part in results for place, f in part.items()},
        }
        listed = Path(scratch) / MANIFEST
        listed.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        write_crate(folder, files, listed, state, runs, comparison, target)
    lines = [f"Wrote {target.name}: {len(files)} files of code and configuration."]
    if code.left_out:
        lines.append(f"Left out, for they hold raw data of patients: {', '.join(code.left_out)}.")
    for run in runs:
        lines.append(
            f"{run.cohort}: {len(run.results)} files of results, {len(run.raw)} raw files."
        )
        if not run.record["synthetic"]:
            lines.append(
                "  Real patients: means, ranges and curves are not masked. Look before you share."
            )
    if comparison:
        lines.append(f"Comparison: {len(comparison)} files.")
    if state["clean_tree"] is False:
        lines.append("The sources were changed after the commit; the archive says so.")
    lines.append(f"Whoever unpacks it checks it with: python {checker.name}")
    return 0, "\n".join(lines)


def _without_absolute_paths(cohort: CohortSettings, folder: Path, scratch: Path) -> dict[str, Path]:
    """Return the cohort file as the archive has it, where it names raw files by absolute paths.

    These tell who works where; in their place stands where the files are to be put.
    """
    text = (folder / cohort.file).read_text(encoding="utf-8")
    absolute = [path for path in cohort.raw_files.values() if Path(path).is_absolute()]
    for path in absolute:
        text = text.replace(path, f"data/private/{cohort.name}/{Path(path).name}")
    if not absolute:
        return {}
    (scratch / f"{cohort.name}.yaml").write_text(text, encoding="utf-8")
    return {inside(cohort.file, folder): scratch / f"{cohort.name}.yaml"}


def compare_with_archived(settings: Settings, folder: Path = Path(ARCHIVED)) -> list[str]:
    """Return a sentence per archived cohort: how many outputs have the archived bytes."""
    lines = []
    for name in [*settings.cohorts, COMPARISON]:
        file = folder / name / "provenance.json"
        if not file.is_file():
            continue
        outputs = json.loads(file.read_text(encoding="utf-8"))["outputs"]
        differing = [
            entry["file"]
            for entry in outputs
            if not Path(entry["file"]).is_file() or sha256(Path(entry["file"])) != entry["sha256"]
        ]
        same = len(outputs) - len(differing)
        lines.append(
            f"{name}: {same} of {len(outputs)} outputs have the bytes of the archived run."
        )
        lines += [f"  differs: {output}" for output in differing]
    return lines


def changed_in_the_archive(folder: Path = Path()) -> list[str]:
    """Return a line for each archived result that is not as it was archived, in an unpacked one."""
    if not (folder / MANIFEST).is_file():
        return []
    return [line for line in verify_archive.problems(folder) if f" {ARCHIVED}/" in line]


def _run(settings: Settings, name: str, folder: Path, *, with_patient_data: bool) -> ArchivedRun:
    results = folder / settings.project.results / name
    record = record_of(settings, name, folder)
    made = [folder / entry["file"] for entry in record["outputs"]]
    made.append(results / "provenance.json")
    shared = [path for path in made if can_be_shared(path, results)]
    cohort = settings.cohorts[name]
    raw = {}
    if with_patient_data and not cohort.synthetic:
        raw = {inside(path, folder): folder / path for path in cohort.raw_files.values()}
    return ArchivedRun(
        cohort=name,
        cohort_file=inside(cohort.file, folder),
        title=cohort.cohort.title,
        record=record,
        results={f"{ARCHIVED}/{name}/{path.relative_to(results)}": path for path in shared},
        raw=raw,
        logs=results / "logs",
    )


def _comparison(settings: Settings, folder: Path) -> dict[str, Path]:
    """Return the files of the comparison of just these cohorts' present results, if there is one.

    They are as place in the archive → file. Masked counts are masked in it too.
    """
    results = folder / settings.project.results
    file = results / COMPARISON / "provenance.json"
    if not file.is_file():
        return {}
    record = json.loads(file.read_text(encoding="utf-8"))
    compared = {folder / entry["file"]: entry["sha256"] for entry in record["cohorts"]}
    present = [results / name / "provenance.json" for name in settings.cohorts]
    if compared != {path: sha256(path) for path in present}:
        return {}
    if changed := differing(record["outputs"], folder):
        raise ExpectedError(
            f"Changed after they were made, or gone: {', '.join(changed)}. Delete them and run "
            f'`make reproduce COHORT="{" ".join(settings.cohorts)}"`.'
        )
    files = [*(folder / entry["file"] for entry in record["outputs"]), file]
    return {f"{ARCHIVED}/{path.relative_to(results)}": path for path in files}
