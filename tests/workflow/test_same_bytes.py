"""The same inputs give the same bytes, whatever the folder and the number of cores."""

import hashlib

import pytest

KINDS = {".csv", ".svg", ".png", ".html", ".json", ".txt", ".docx", ".pdf", ".parquet"}


def checksums(results):
    return {
        str(file.relative_to(results)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(results.rglob("*"))
        if file.suffix in KINDS and "logs" not in file.parts
    }


@pytest.mark.long
def test_one_and_two_cores_in_two_folders_give_the_same_bytes(fresh, tmp_path):
    made = []
    for cores in ("1", "2"):
        project = fresh.copy(tmp_path / f"a-folder-for-{cores}" / "project")
        done = project.snakemake("--cores", cores, "--quiet", "host", "reason", "rules")
        assert done.returncode == 0, done.stdout
        made.append(checksums(project.results))
    one, two = made
    assert {".csv", ".svg", ".html"} <= {file[file.rindex(".") :] for file in one}
    assert list(one) == list(two)
    assert [file for file in one if one[file] != two[file]] == []
