"""Start Snakemake as the only run of this folder, after clearing up what others have left there.

`python -m rupture_repair.one_run …` takes Snakemake's own arguments. Snakemake's lock outlives a
run that was killed, and so do the steps that such a run had started; the lock taken here is the
operating system's and ends with its process.
"""

import errno
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil
import yaml

from rupture_repair.config.errors import DISK_REMEDIES, disk_remedy
from rupture_repair.provenance.edited import keep_edited, remove_altered
from rupture_repair.provenance.processes import print_in_any_locale
from rupture_repair.provenance.snakemake_internals import RECORDS, made_files, remove_locks
from rupture_repair.provenance.source import sha256

RESULTS = Path("results")
SHOWN = 3
# bytes; Snakemake's own words are a traceback where it cannot write its records
MIN_FREE_BYTES = 20_000_000


def main() -> None:
    """Become Snakemake, or say in a line why not."""
    print_in_any_locale()
    try:
        prepare(Path.cwd())
    except BlockingIOError as error:
        sys.exit(f"Another run is at work in this folder ({error}): wait for it, or end it first.")
    except OSError as error:
        sys.exit(f"{error.filename or RECORDS}: {_remedy(error)}")
    os.execv(sys.executable, [sys.executable, "-m", "snakemake", *sys.argv[1:]])


def prepare(folder: Path) -> None:
    """Take the lock of `folder`, and clear up what a killed run has left.

    Results that were changed after they were made are deleted, edited Word files after a copy.
    Sources that were replaced by others with an older date get the present one. Raises
    `BlockingIOError` when another run is at work, `OSError` when nothing can be written.
    """
    records, results = folder / RECORDS, results_folder(folder)
    records.mkdir(exist_ok=True)
    require_writable(results)
    if (free := shutil.disk_usage(folder).free) < MIN_FREE_BYTES:
        raise OSError(errno.ENOSPC, f"{os.strerror(errno.ENOSPC)}, {free} bytes", str(folder))
    handle = os.open(records / "one-run.lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode(errors="replace").strip()
        raise BlockingIOError(f"process {holder or 'unknown'}") from None
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    os.set_inheritable(handle, True)  # Snakemake, which this process becomes, goes on holding it
    if others := list(_processes(folder, "snakemake")):
        raise BlockingIOError(f"process {others[0].pid}, started without make")
    orphans = list(_processes(folder, str(records / "scripts")))
    for process in orphans:
        process.kill()
    psutil.wait_procs(orphans, timeout=10)
    remove_locks(folder)
    for file in older_replacements(folder):
        os.utime(file)
    cohorts = sorted(file.parent.name for file in results.glob("*/provenance.json"))
    for line in [*keep_edited(results, cohorts), *remove_altered(results, cohorts, folder)]:
        print(line, file=sys.stderr)
    changed = changed_results(folder)
    if changed:
        names = ", ".join(str(file.relative_to(folder)) for file in changed[:SHOWN])
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        print(f"Changed after they were made, so made again: {names}{more}.", file=sys.stderr)
        for file in changed:
            file.unlink()


def results_folder(folder: Path) -> Path:
    """Return the folder of results of the configuration; what is wrong with that is said later."""
    try:
        content = yaml.safe_load((folder / "config/config.yaml").read_text(encoding="utf-8"))
        return folder / content.get("results", RESULTS)
    except (OSError, ValueError, AttributeError, TypeError, yaml.YAMLError):
        return folder / RESULTS


def require_writable(results: Path) -> None:
    """Raise `PermissionError` that names the first folder of `results` which cannot be written."""
    for folder in [results, *(found for found in results.rglob("*") if found.is_dir())]:
        if folder.exists() and not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def changed_results(folder: Path) -> list[Path]:
    """Return the results that are not as Snakemake has left them, going by the time of change."""
    changed = []
    for file, record in made_files(folder):
        result = folder / file
        ended = record.get("endtime")
        # a file of another folder, of a module say, is not ours to judge
        ours = result.is_file() and result.resolve().is_relative_to(folder.resolve())
        if ended and ours and result.stat().st_mtime != ended:
            changed.append(result)
    return sorted(changed)


def older_replacements(folder: Path) -> list[Path]:
    """Return the sources and texts of a run that were replaced by others with an older date.

    Snakemake looks into a file only where its date is newer than that of the results.
    """
    found = set()
    for file in results_folder(folder).glob("*/provenance.json"):
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            entries = [e for kind in ("sources", "configuration", "inputs") for e in record[kind]]
            texts = [entry for entry in entries if entry.get("kind") != "raw"]
            known = {folder / entry["file"]: entry["sha256"] for entry in texts}
        except (ValueError, KeyError, TypeError, OSError):
            continue  # a record of another version, or a broken one, which is made again
        made = file.stat().st_mtime
        older = [f for f in known if f.is_file() and f.stat().st_mtime <= made]
        found |= {f for f in older if sha256(f) != known[f]}
    return sorted(found)


def _processes(folder: Path, words: str) -> Iterator[psutil.Process]:
    """Yield other Python processes of `folder` whose command has `words` in one of its arguments.

    Where a process may not be looked at, it is none of ours.
    """
    family = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter():
        try:
            if process.pid in family or Path(process.cwd()) != folder.resolve():
                continue
            if _runs(process.cmdline(), words):
                yield process
        except (psutil.Error, OSError):
            continue


def _runs(command: Iterable[str], words: str) -> bool:
    program, *arguments = [*command, ""]
    if "python" not in Path(program).name:
        return False
    return any(argument.startswith(words) or Path(argument).name == words for argument in arguments)


def _remedy(error: OSError) -> str:
    if error.errno in {errno.EACCES, errno.EPERM}:
        return DISK_REMEDIES[os.strerror(errno.EROFS)]
    return disk_remedy(error) or f"{error.strerror}; mend that and run again"


if __name__ == "__main__":
    main()
