"""A release is checked before anything is written, and its commands are only printed."""

import json
import shutil
import subprocess
from datetime import date

import pytest
import yaml
from rupture_repair.config.errors import ExpectedError
from rupture_repair.provenance.citation import address_of
from rupture_repair.provenance.release import PACKAGE, commands, prepare

DAY = date(2030, 1, 2)
FILES = (PACKAGE, "CITATION.cff", "codemeta.json", "CHANGELOG.md")


@pytest.fixture
def git(root, tmp_path):
    """A function: git in a repository with the files that repeat the version, committed."""

    def called(*words):
        who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        command = ["git", "-C", str(tmp_path), *who, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / file, tmp_path / file)
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n* A change.\n\n## 0.1.0\n", encoding="utf-8"
    )
    called("init", "-q")
    called("add", ".")
    called("commit", "-qm", "first")
    return called


def refused(version, folder):
    with pytest.raises(ExpectedError) as raised:
        prepare(version, folder, DAY)
    return str(raised.value)


def test_the_version_is_written_once_and_then_everything_is_ready(git, tmp_path):
    status, message = prepare("1.2.0", tmp_path, DAY)
    assert status == 1
    assert all(file in message for file in FILES)
    assert '__version__ = "1.2.0"' in (tmp_path / PACKAGE).read_text(encoding="utf-8")
    citation = yaml.safe_load((tmp_path / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["date-released"]) == ("1.2.0", DAY)
    codemeta = json.loads((tmp_path / "codemeta.json").read_text(encoding="utf-8"))
    assert codemeta["version"] == "1.2.0"
    changes = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## 1.2.0 (2030-01-02)\n\n* A change." in changes and "Unreleased" not in changes

    assert "changes that are not committed" in refused("1.2.0", tmp_path)
    git("commit", "-qam", "version")
    assert prepare("1.2.0", tmp_path, date(2030, 2, 3))[0] == 0
    status, message = commands("1.2.0", tmp_path)
    assert status == 0
    assert "git tag --annotate v1.2.0" in message and "git push origin v1.2.0" in message
    assert git("tag", "--list") == "" and git("status", "--porcelain") == ""


def test_nothing_is_written_where_there_can_be_no_release(git, tmp_path):
    assert "no version of the form" in refused("1.2", tmp_path)
    git("tag", "v2.0.0")
    assert "the tag v2.0.0 exists" in refused("2.0.0", tmp_path)
    assert "1.2.0 is older than the newest tag, v2.0.0" in refused("1.2.0", tmp_path)
    text = "# Changelog\n\n## Unreleased\n\n## 0.1.0\n"
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    message = refused("2.1.0", tmp_path)
    assert "not committed: CHANGELOG.md" in message and "nothing under `## Unreleased`" in message
    assert git("diff", "--name-only").split() == ["CHANGELOG.md"]
    shutil.rmtree(tmp_path / ".git")
    assert "no git repository" in refused("2.1.0", tmp_path)


def test_the_address_of_the_repository_is_one_setting(git, tmp_path):
    """CITATION.cff has it; codemeta.json takes it from there, and so does the record of a run."""
    file, address = tmp_path / "CITATION.cff", "https://example.org/rupture-repair"
    prepare("1.2.0", tmp_path, DAY)
    git("commit", "-qam", "version")
    assert address_of(file) is None
    assert "names no repository" in commands("1.2.0", tmp_path)[1]
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}repository-code: {address}\n", encoding="utf-8")
    git("commit", "-qam", "address")
    status, message = prepare("1.2.0", tmp_path, DAY)
    assert status == 1 and "to codemeta.json." in message
    codemeta = json.loads((tmp_path / "codemeta.json").read_text(encoding="utf-8"))
    assert codemeta["codeRepository"] == address == address_of(file)
    git("commit", "-qam", "address in codemeta")
    assert "names no repository" not in commands("1.2.0", tmp_path)[1]


def test_a_doi_is_asked_for_until_there_is_one(git, tmp_path):
    prepare("1.2.0", tmp_path, DAY)
    git("commit", "-qam", "version")
    assert "reserve it" in commands("1.2.0", tmp_path)[1]
    with (tmp_path / "CITATION.cff").open("a", encoding="utf-8") as file:
        file.write("doi: 10.5281/zenodo.1\n")
    git("commit", "-qam", "doi")
    assert "reserve it" not in commands("1.2.0", tmp_path)[1]
