"""Mutation check of detection and modelling: do the fast tests notice small mistakes?

    python tests/mutation                              all modules, a sample of each (an hour)
    python tests/mutation --only detection/series.py   one module
    python tests/mutation --sample 40 --seed 2         more, others

Each mutant of a random sample (see `mutants.py` for what is changed and what is not) is put into a
copy of the package, and the room's fast tests that execute the changed lines are run until one
fails: all those in files named after the module, then, up to a budget of time, those in files
that name it and others, from the fastest on. What is known to be equivalent, with the reason, is in
`equivalent.toml`. The exit status is 1 when less than 90 % of the others are killed in a room.
"""

import argparse
import os
import random
import re
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
os.environ.update(dict.fromkeys(ONE_THREAD, "1"))  # before numpy: a forked child has no threads

from forked import Baseline, Copy, preload  # noqa: E402
from mutants import Mutant, mutants_of  # noqa: E402

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "workflow/rupture_repair"
ROOMS = ("detection", "modelling")
CENTRAL = {
    *(f"detection/{n}.py" for n in ("ruptures", "detector", "series", "breakdown", "scales")),
    *(f"modelling/{n}.py" for n in ("design", "effects", "johnson_neyman")),
    *(f"modelling/engine/{n}.py" for n in ("deviance", "satterthwaite", "sandwich")),
}
SAMPLE, OF_CENTRAL = 14, 26
BUDGET = 10.0  # seconds of tests per mutant
WANTED = 90.0  # per cent of the meaningful mutants
HEADING = """\
# Small mistakes in the code, and whether the tests notice them

`python tests/mutation --seed {seed}`: a random sample of the mutants of each module. *Share*:
killed or timed out, of those that are not known to be equivalent.
"""


def main() -> int:
    """Run the check and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="modules, e.g. detection/series.py")
    parser.add_argument("--sample", type=int, help="mutants per module")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(HEADING.format(seed=options.seed), flush=True)
    low = False
    for room in ROOMS:
        modules = [file.relative_to(PACKAGE).as_posix() for file in (PACKAGE / room).rglob("*.py")]
        chosen = sorted(set(modules).intersection(options.only or modules))
        if not chosen:
            continue
        with Copy(ROOT) as copy:
            baseline = copy.baseline(room)
            preload(baseline.libraries)
            rows = []
            for module in chosen:
                source = (copy.package / module).read_text(encoding="utf-8")
                size = options.sample or (OF_CENTRAL if module in CENTRAL else SAMPLE)
                sample = sample_of(source, size, options.seed, module)
                if sample:
                    rows.append((module, judged(copy, baseline, module, sample)))
        print(table(room, rows), end="\n\n", flush=True)
        low |= share(sum((verdicts for _, verdicts in rows), Counter())) < WANTED
    return int(low)


def judged(copy: Copy, baseline: Baseline, module: str, sample: list[Mutant]) -> Counter[str]:
    """Return how many mutants met which end; survivors are told at once."""
    known = _equivalent()
    verdicts: Counter[str] = Counter()
    for mutant in sample:
        verdict = "equivalent"
        if (module, mutant.before, mutant.after) not in known:
            verdict = copy.judge(module, mutant.source, tests_of(mutant, module, baseline))
        verdicts[verdict] += 1
        if verdict == "survived":
            _tell(f"\n{module}:{mutant.line}\n- {mutant.before}\n+ {mutant.after}")
    _tell(f"{module}: {dict(verdicts)}")
    return verdicts


def sample_of(source: str, size: int, seed: int, module: str) -> list[Mutant]:
    """Return a random sample of a module's mutants; the same for the same seed and source."""
    every = mutants_of(source)
    chosen = random.Random(f"{seed} {module}").sample(range(len(every)), min(size, len(every)))
    return [every[place] for place in sorted(chosen)]


def tests_of(mutant: Mutant, module: str, baseline: Baseline) -> list[str]:
    """Return the tests to run, in order: those that execute the lines.

    All of files named after the module; of others those that fit into `BUDGET`.

    What is executed at import alone (constants, defaults) concerns all tests of the module, and
    all of the room where the module holds nothing else.
    """
    reached = {test: set(lines.get(module, ())) for test, lines in baseline.lines.items()}
    hit = [test for test, lines in reached.items() if lines.intersection(mutant.lines)]
    if mutant.at_import:
        hit = [test for test, lines in reached.items() if lines] or list(baseline.lines)
    stem = Path(module).stem
    files = {test: test.split("::")[0] for test in hit}
    near = {
        file: 2 * (stem in Path(file).stem) + bool(re.search(rf"\b{stem}\b", _text(file)))
        for file in set(files.values())
    }
    hit.sort(key=lambda test: (-near[files[test]], baseline.seconds[test]))
    chosen = [test for test in hit if near[files[test]] >= 2]
    spent = 0.0
    for test in hit[len(chosen) :]:
        spent += baseline.seconds[test]
        if spent > BUDGET and chosen:
            break
        chosen.append(test)
    return chosen


def share(verdicts: Counter[str]) -> float:
    """Return the percentage killed of the mutants that are not equivalent; 100 of none."""
    meaningful = verdicts.total() - verdicts["equivalent"]
    return 100 * (1 - verdicts["survived"] / meaningful) if meaningful else 100.0


def table(room: str, rows: list[tuple[str, Counter[str]]]) -> str:
    """Return a Markdown table: a row per module and one of the room."""
    kinds = ("killed", "timed out", "survived", "equivalent")
    total = sum((verdicts for _, verdicts in rows), Counter())
    lines = [f"| module | mutants | {' | '.join(kinds)} | share |", "|---|" + "---:|" * 6]
    for name, verdicts in [*rows, (f"**{room}**", total)]:
        cells = [verdicts.total(), *(verdicts[kind] for kind in kinds)]
        lines.append(f"| {name} | {' | '.join(map(str, cells))} | {share(verdicts):.0f} % |")
    return "\n".join(lines)


def _equivalent() -> set[tuple[str, str, str]]:
    listed = tomllib.loads(Path(__file__).with_name("equivalent.toml").read_text(encoding="utf-8"))
    return {(e["module"], e["before"], e["after"]) for e in listed.get("mutant", [])}


@cache
def _text(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
