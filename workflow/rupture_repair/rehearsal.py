"""Every branch of every template of words, filled with findings that are made up by their types.

A mistake in a sentence that no cohort here calls for is found before a cohort does.
"""

import types
from collections.abc import Iterator, MutableMapping
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, Literal, Union, get_args, get_origin

from jinja2 import Environment, FileSystemLoader, Template, nodes

from rupture_repair.config.wording import MAIN_LANGUAGE
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.figures.labels import label_problems
from rupture_repair.words.pages import PAGES, Page, Pages
from rupture_repair.words.templates import FOLDER, Claim, Words, WordsError, hints

# a claim is made up until so many in a row have met no outcome of a condition for the first time
TRIES = 100
VALUES: dict[object, tuple[object, ...]] = {
    bool: (False, True),
    int: (0, 1, 2, 7),
    float: (-1.2, 0.0, 0.03, 1.0, 40.5, 100.0),
    str: ("", "some words"),
    types.NoneType: (None,),
}


class Watched(FileSystemLoader):
    """Templates that tell which of their conditions were met and which were not.

    outcomes : by template, line, number in the template and kind, the outcomes that were seen.
    met : how many different ones were seen so far.
    """

    def __init__(self, folder: Path) -> None:
        """Read from `folder`."""
        super().__init__(folder)
        self.outcomes: dict[tuple[str, int, int, str], set[bool]] = {}
        self.met = 0
        self.blocks: dict[str, list[str]] = {}

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """Return a template whose conditions call back."""
        source, file, uptodate = self.get_source(environment, name)
        tree = environment.parse(source, name, file)
        self.blocks[name] = [block.name for block in tree.find_all(nodes.Block)]
        known = dict(globals or {}) | {"_seen": self._seen}
        asked = tree.find_all((nodes.If, nodes.CondExpr, nodes.For))
        for number, node in enumerate(asked):
            key = (name, node.lineno, number, type(node).__name__)
            self.outcomes[key] = set()
            if isinstance(node, nodes.For):
                node.iter = _call(key, node.iter)
            elif isinstance(node, nodes.If | nodes.CondExpr):
                node.test = _call(key, node.test)
        tree.set_environment(environment)
        code = environment.compile(tree, name, file)
        return environment.template_class.from_code(environment, code, known, uptodate)

    def _seen(self, *key_and_value: Any) -> Any:  # noqa: ANN401 - whatever a template asks
        *key, value = key_and_value
        seen = self.outcomes[tuple(key)]
        self.met += bool(value) not in seen
        seen.add(bool(value))
        return value

    def missing(self) -> Iterator[tuple[str, int, str]]:
        """Yield template, line and what was never so."""
        for (name, line, _, kind), found in self.outcomes.items():
            if kind == "For":
                if True not in found:
                    yield name, line, "the loop never has anything"
                continue
            for outcome in (True, False):
                if outcome not in found:
                    yield name, line, f"the condition is never {'met' if outcome else 'unmet'}"


def rehearse(folder: Path, tries: int = TRIES) -> list[str]:
    """Return what is wrong with the templates of a language, each problem with file and line."""
    watched = Watched(folder)
    try:
        words = Words(folder, watched)
    except WordsError as error:
        return [str(error)]
    problems: dict[str, None] = {}
    for claim in needed(folder.name):
        random = Random(claim.blocks[0])
        nothing_new = 0
        while nothing_new < tries:
            met = watched.met
            found = made_up(claim, random)
            for block in claim.blocks:
                try:
                    words.say(found, block)
                except WordsError as error:
                    problems[str(error)] = None
            nothing_new = 0 if watched.met > met else nothing_new + 1
    if folder.name != MAIN_LANGUAGE:
        from rupture_repair.manuscript.second_language import section_problems

        problems |= dict.fromkeys(section_problems(words))
    if not problems:
        problems |= dict.fromkeys(_unused(words, watched))
    return list(problems)


def rehearse_pages(folder: Path, tries: int = TRIES) -> list[str]:
    """Return what is wrong with the templates of HTML pages, each problem with file and line."""
    from rupture_repair.detection import audit  # noqa: F401 - they define pages
    from rupture_repair.manuscript import front_page  # noqa: F401
    from rupture_repair.provenance import verdicts  # noqa: F401
    from rupture_repair.validation import report  # noqa: F401

    watched = Watched(folder)
    pages = Pages(folder, watched)
    problems: dict[str, None] = {}
    kinds = sorted(Page.__subclasses__(), key=lambda kind: kind.file)
    for kind in kinds:
        random = Random(kind.file)
        nothing_new = 0
        while nothing_new < tries:
            met = watched.met
            try:
                pages.fill(made_up(kind, random))
            except WordsError as error:
                problems[str(error)] = None
            nothing_new = 0 if watched.met > met else nothing_new + 1
    unknown = {file.name for file in folder.iterdir()} - {kind.file for kind in kinds}
    problems |= dict.fromkeys(f"{pages.place(name)}: no page uses it" for name in sorted(unknown))
    if not problems:
        missing = watched.missing()
        problems |= {f"{pages.place(name, line)}: {what}": None for name, line, what in missing}
    return list(problems)


def rehearsed() -> tuple[int, str]:
    """Return exit status and what is to be said of the templates of all languages."""
    folders = sorted(folder for folder in FOLDER.iterdir() if folder.is_dir())
    problems = [problem for folder in folders for problem in rehearse(folder)]
    problems += [problem for folder in folders for problem in label_problems(folder.name)]
    problems += rehearse_pages(PAGES)
    if problems:
        return 1, "\n".join(problems)
    counts = ", ".join(
        f"{sum(len(claim.blocks) for claim in needed(folder.name))} ({folder.name})"
        for folder in folders
    )
    return 0, f"All branches of all blocks of sentences can be filled: {counts}."


def needed(language: str) -> list[type[Claim]]:
    """Return the claims that a language must have words for: a second one, those of a summary."""
    from rupture_repair.manuscript.second_language import SPOKEN

    return claims() if language == MAIN_LANGUAGE else list(SPOKEN)


def claims() -> list[type[Claim]]:
    """Return all claims of the paper."""
    from rupture_repair.comparison import forest_plot, report  # noqa: F401 - they define them
    from rupture_repair.disclosure import wording  # noqa: F401
    from rupture_repair.manuscript import answers, front_page, stage  # noqa: F401
    from rupture_repair.provenance import verdicts  # noqa: F401

    for figure in FIGURES:
        import_module(f"rupture_repair.figures.{figure}")

    return sorted(Claim.__subclasses__(), key=lambda claim: (claim.topic, claim.blocks))


def made_up(kind: Any, random: Random) -> Any:  # noqa: ANN401 - any type that a claim may have
    """Return a value of a type, drawn at random."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Literal:
        return random.choice(parts)
    if origin in (Union, types.UnionType):
        return made_up(random.choice(parts), random)
    if origin is tuple:
        return tuple(made_up(parts[0], random) for _ in range(random.randrange(4)))
    if is_dataclass(kind):
        make: Any = kind
        return make(**{name: made_up(part, random) for name, part in hints(make).items()})
    return random.choice(VALUES[kind])


def _unused(words: Words, watched: Watched) -> Iterator[str]:
    needs = needed(words.folder.name)
    known = {(f"{claim.topic}.jinja", block) for claim in needs for block in claim.blocks}
    for file in sorted(words.folder.rglob("*.jinja")):
        words.environment.get_template(file.relative_to(words.folder).as_posix())
    for name, blocks in watched.blocks.items():
        for block in blocks:
            if (name, block) not in known:
                yield f"{words.place(name)}: nothing has the block `{block}`"
    for name, line, message in watched.missing():
        yield f"{words.place(name, line)}: {message}"


def _call(key: tuple[str, int, int, str], value: nodes.Node) -> nodes.Call:
    line = key[1]
    shown: list[nodes.Node] = [nodes.Const(part, lineno=line) for part in key]
    name = nodes.Name("_seen", "load", lineno=line)
    return nodes.Call(name, [*shown, value], [], None, None, lineno=line)
