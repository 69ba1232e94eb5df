"""A release: one version in every file, and the commands for its tag and DOI. Nothing is pushed.

The version is in the package; CITATION.cff, codemeta.json and CHANGELOG.md repeat it. The address
of the repository is `repository-code` of CITATION.cff: codemeta.json, citations, papers and
records take it from there, and do without as long as there is none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from rupture_repair.config.errors import ExpectedError
from rupture_repair.provenance.record import NAME
from rupture_repair.provenance.source import git

PACKAGE = "workflow/rupture_repair/__init__.py"
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
UNRELEASED = re.compile(r"^## Unreleased\n+(?=\S)(?!## )", re.MULTILINE)
TAG = """{name} {version} is ready at commit {commit}; lint, tests and verification have passed.
Nothing was tagged or pushed. To release it:

  git tag --annotate v{version} --message "{name} {version}"
  git push origin v{version}
  git archive --prefix {name}-{version}/ --output {name}-{version}.zip v{version}

For a DOI, upload the zip file at https://zenodo.org/uploads/new (CITATION.cff has the metadata).
"""
NO_DOI = """To have the DOI in the release itself, reserve it there before you tag, add
`doi: <the DOI>` to CITATION.cff, commit, and run `make release VERSION={version}` again.
"""
NO_ADDRESS = """CITATION.cff names no repository: citations and papers name version and commit.
As soon as there is an address, add `repository-code: <address>` to CITATION.cff; all else takes it
from there.
"""
CHANGED = """Wrote version {version} to {files}.
Look at `git diff`, commit it, and run `make release VERSION={version}` again."""


def prepare(version: str, folder: Path, day: date) -> tuple[int, str]:
    """Write the version where it is not yet; return 0 if it was everywhere, else 1 and what to do.

    Raises `ExpectedError` where there can be no release: no repository, changes that are not
    committed, a version that is none or not a newer one, a tag that exists, a changelog without
    an entry.
    """
    if obstacles := list(_obstacles(version, folder)):
        raise ExpectedError("\n".join(["No release yet:", *(f"  * {o}" for o in obstacles)]))
    texts = dict(_with_version(version, folder, day))
    changed = [file for file, text in texts.items() if (folder / file).read_text("utf-8") != text]
    for file in changed:
        (folder / file).write_text(texts[file], encoding="utf-8")
    if changed:
        return 1, CHANGED.format(version=version, files=", ".join(changed))
    return 0, f"Version {version} is in every file, and the tree is clean."


def commands(version: str, folder: Path) -> tuple[int, str]:
    """Return 0 and the commands that release what `prepare` found ready; raises as it does."""
    if obstacles := list(_obstacles(version, folder)):
        raise ExpectedError("\n".join(obstacles))
    about = _citation(folder)
    commit = (git(folder, "rev-parse", "--short", "HEAD") or "").strip()
    lines = [TAG.format(name=NAME, version=version, commit=commit)]
    if "doi" not in about:
        lines.append(NO_DOI.format(version=version))
    if "repository-code" not in about:
        lines.append(NO_ADDRESS)
    return 0, "\n".join(lines).rstrip()


def codemeta_of(citation: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of codemeta.json with version and address of CITATION.cff.

    known : its present content.
    """
    repeated = {"version": citation["version"], "codeRepository": citation.get("repository-code")}
    return {name: text for name, text in (dict(known) | repeated).items() if text is not None}


def _obstacles(version: str, folder: Path) -> Iterator[str]:
    if not (wanted := VERSION.fullmatch(version)):
        yield f"`{version}` is no version of the form 1.2.3 (https://semver.org)"
        return
    status = git(folder, "status", "--porcelain") if (folder / ".git").exists() else None
    if status is None:
        yield "this is no git repository, or git cannot read it"
        return
    if status:
        yield f"the tree has changes that are not committed: {', '.join(status.split()[1::2])}"
    if git(folder, "tag", "--list", f"v{version}"):
        yield f"the tag v{version} exists"
    tags = [VERSION.fullmatch(tag.removeprefix("v")) for tag in _lines(folder, "tag", "--list")]
    newest = max((tuple(map(int, found.groups())) for found in tags if found), default=(0, 0, 0))
    if tuple(map(int, wanted.groups())) < newest:
        yield f"{version} is older than the newest tag, v{'.'.join(map(str, newest))}"
    changelog = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    if not (UNRELEASED.search(changelog) or _heading(version).search(changelog)):
        yield "CHANGELOG.md has nothing under `## Unreleased`"


def _with_version(version: str, folder: Path, day: date) -> Iterator[tuple[str, str]]:
    """Yield each file that repeats the version, with its text as it should be."""
    texts = {
        file: (folder / file).read_text(encoding="utf-8")
        for file in (PACKAGE, "CITATION.cff", "codemeta.json", "CHANGELOG.md")
    }
    yield PACKAGE, re.sub(r'(?m)^__version__ = ".*"', f'__version__ = "{version}"', texts[PACKAGE])
    cited = texts["CITATION.cff"]
    if f"\nversion: {version}\n" not in cited or "date-released:" not in cited:
        cited = re.sub(r"(?m)^date-released: .*\n", "", cited)
        dated = f"version: {version}\ndate-released: {day}"
        cited = re.sub(r"(?m)^version: .*", dated, cited)
    yield "CITATION.cff", cited
    meta = codemeta_of(yaml.safe_load(cited), json.loads(texts["codemeta.json"]))
    yield "codemeta.json", json.dumps(meta, indent=2, ensure_ascii=False) + "\n"
    changes = texts["CHANGELOG.md"]
    if not _heading(version).search(changes):
        changes = changes.replace("## Unreleased\n", f"## {version} ({day})\n", 1)
    yield "CHANGELOG.md", changes


def _heading(version: str) -> re.Pattern[str]:
    return re.compile(rf"^## {re.escape(version)} \(", re.MULTILINE)


def _citation(folder: Path) -> dict[str, Any]:
    about: dict[str, Any] = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    return about


def _lines(folder: Path, *words: str) -> list[str]:
    return (git(folder, *words) or "").split()
