"""The faults, each done to a copy of the tiny project."""

import errno
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from bench import MAX_SECONDS, NOT_TRIED, Bench, NoMountError, Seen, last_line, refusal, run, start
from tiny_project import Project

# seconds between two kills of the same run; a whole run takes about a minute
BETWEEN_KILLS = (2.0, 30.0)
KILLS_OF_A_RUN = 3
AN_HOUR = 3600
ROOM = 200_000_000
FEW_BYTES = 20_000
# when the disk is full in a run and in those that go on with it, in shares of an undisturbed run
FILLED_AFTER = (0.0, 0.2, 0.25, 0.2)


def killed(bench: Bench) -> Seen:
    """Kill -9 at random moments, in turns Snakemake alone and with all its steps."""
    rng = random.Random(bench.seed)
    done, finished, wrong = 0, 0, []
    while done < bench.kills:
        project = bench.copy()
        for _ in range(min(KILLS_OF_A_RUN, bench.kills - done)):
            process = start(project)
            try:
                process.communicate(timeout=rng.uniform(*BETWEEN_KILLS))
                break  # it was sooner
            except subprocess.TimeoutExpired:
                done += 1
                if done % 2:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
                process.stdout.close()
                process.wait()
        seen = bench.same_bytes(project)
        finished += 1
        wrong += [] if seen.right else [seen.words]
        shutil.rmtree(project.folder)
    words = wrong[0] if wrong else "ends with the same bytes"
    return Seen(f"{done} kills in {finished} runs: {words}", not wrong)


def corrupted(bench: Bench) -> Seen:
    """Overwrite intermediates and results with rubbish."""
    project = bench.copy(bench.built)
    files = ("data/sessions.parquet", "models/M2.json", "tables/fixed_effects.csv", "run.json")
    there = [file for file in files if (project.results / file).is_file()]
    for file in there:
        (project.results / file).write_bytes(b"\0rubbish\xff" * 20)
    seen = bench.same_bytes(project)
    return Seen(f"{len(there)} files overwritten: {seen.words}", seen.right)


def two_at_once(bench: Bench) -> Seen:
    """Start a second run while the first is at work."""
    project = bench.copy()
    first = start(project)
    time.sleep(8)
    second = refusal(*run(project), "Another run is at work in this folder")
    first.communicate(timeout=MAX_SECONDS)
    seen = bench.same_bytes(project)
    right = second.right and seen.right and first.returncode == 0
    return Seen(f"the second {second.words}; the first {seen.words}", right)


def clock_forward(bench: Bench) -> Seen:
    """Sources with a time an hour ahead, as after a clock that was set back."""
    project = bench.copy(bench.built)
    later = time.time() + AN_HOUR
    for file in ("config/criteria.yaml", "requirements.lock", "reports/references.bib"):
        os.utime(project.folder / file, (later, later))
    for file in project.folder.glob("workflow/rupture_repair/detection/*.py"):
        os.utime(file, (later, later))
    return bench.same_bytes(project)


def clock_back(bench: Bench) -> Seen:
    """Results with a time an hour ahead of those they were made from, and of now."""
    project = bench.copy(bench.built)
    later = time.time() + AN_HOUR
    for file in project.results.glob("data/*"):
        os.utime(file, (later, later))
    return bench.same_bytes(project)


@contextmanager
def _mounted(folder: Path, size: int):
    """Give a folder a file system of its own, of `size` bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoMountError from error
    try:
        yield lambda options: subprocess.run(
            ["mount", "-o", f"remount,{options}", str(folder)], check=True, capture_output=True
        )
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False, capture_output=True)


def full_disk(bench: Bench) -> Seen:
    """The project on a disk of its own that is filled before a run and during others; then room."""
    bench.number += 1
    disk = bench.scratch / f"fault-{bench.number}"
    try:
        with _mounted(disk, ROOM):
            project = bench.fresh.copy(disk / "project")
            whole = bench.undisturbed[1]
            outcomes = [_filled(project, disk / "filler", share * whole) for share in FILLED_AFTER]
            seen = bench.same_bytes(project)
    except NoMountError:
        return NOT_TRIED
    wrong = [one for one in outcomes if not one.right]
    words = (wrong or outcomes)[0].words
    return Seen(
        f"{len(outcomes)} times: {words}; with room, {seen.words}", not wrong and seen.right
    )


def _filled(project: Project, filler: Path, seconds: float) -> Seen:
    """Start a run, fill its disk after `seconds`, and make room again when it has ended."""
    process = start(project) if seconds else None
    time.sleep(seconds)
    room = shutil.disk_usage(project.folder).free
    try:
        filler.write_bytes(bytes(room - FEW_BYTES))
    except OSError as error:
        if error.errno != errno.ENOSPC:  # else the run took some of it meanwhile
            raise
    process = process or start(project)
    output, _ = process.communicate(timeout=MAX_SECONDS)
    filler.unlink()
    return refusal(process.returncode, output, "disk is full")


def read_only(bench: Bench) -> Seen:
    """Results on a disk that cannot be written; then it can."""
    project = bench.copy()
    try:
        with _mounted(project.folder / "results", ROOM) as remount:
            remount("ro")
            refused = refusal(*run(project), "cannot be written")
            remount("rw")
            seen = bench.same_bytes(project)
    except NoMountError:
        return NOT_TRIED
    return Seen(f"{refused.words}; writable, {seen.words}", refused.right and seen.right)


def interrupted_setup(bench: Bench) -> Seen:
    """Kill `make` while it builds the environment; then again, to the end."""
    folder = bench.scratch / "setup"
    subprocess.run(["git", "clone", "--quiet", str(bench.root), str(folder)], check=True)
    rng = random.Random(bench.seed)
    for _ in range(3):
        process = subprocess.Popen(
            ["make", "config-docs"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(rng.uniform(1, 10))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(
        ["make", "config-docs"], cwd=folder, capture_output=True, text=True, timeout=MAX_SECONDS
    )
    right = done.returncode == 0 and "Wrote config/README.md" in done.stdout
    return Seen(
        "3 times; then it is built anew and works" if right else last_line(done.stderr), right
    )


FAULTS: dict[str, Callable[[Bench], Seen]] = {
    "kill -9 at random moments": killed,
    "a corrupted intermediate": corrupted,
    "two runs at once": two_at_once,
    "a clock set back: sources from the future": clock_forward,
    "a clock set back: results from the future": clock_back,
    "a full disk": full_disk,
    "read-only results": read_only,
    "an interrupted set-up": interrupted_setup,
}
