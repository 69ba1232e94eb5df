"""An author's own texts are checked before anything runs; a misspelt name above all."""

import pytest
from rupture_repair.config.authors import Authors, own_text_problems, read_authors

GIVEN = """\
authors:
  - name: Ada Example
    affiliations: [Clinic A, University B]
    orcid: 0000-0002-1825-0097
    email: ada@example.org
    roles: [Conceptualization, Writing – original draft]
  - name: Ben Example
ethics: Approved by the board (12/34). All patients *consented*.
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "authors.yaml").write_text(GIVEN, encoding="utf-8")
    (tmp_path / "after-method.md").write_text("More on the method.", encoding="utf-8")
    return tmp_path


def test_what_is_right_is_no_problem(folder):
    assert own_text_problems(folder) == []
    authors = read_authors(folder / "authors.yaml")
    assert [author.name for author in authors.authors] == ["Ada Example", "Ben Example"]
    assert own_text_problems(folder / "absent") == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("after-metod.md", "Text.", "did you mean `after-method.md`?"),
        ("discussion.md", "Text.", "did you mean"),
        ("authors.yml", GIVEN, "did you mean `authors.yaml`?"),
        ("before-results.md", " \n", "is empty"),
        ("before-results.md", "K\xf6nig".encode("latin-1"), "save it as UTF-8"),
        ("instead-of-method.md", "# Method", "there is after-method.md as well"),
        ("authors.yaml", "authors: []", "at least 1"),
        ("authors.yaml", GIVEN + "etics: none\n", "did you mean `ethics`?"),
        ("authors.yaml", GIVEN.replace("0097", "0098"), "its last digit does not fit"),
        ("authors.yaml", GIVEN.replace("Conceptualization", "Ideas"), "`Ideas` is not allowed"),
        ("authors.yaml", GIVEN.replace("name: Ben", "nam: Ben"), "did you mean `name`?"),
    ],
)
def test_the_message_names_the_problem(folder, name, text, expected):
    content = text if isinstance(text, bytes) else text.encode("utf-8")
    (folder / name).write_bytes(content)
    problems = [str(problem) for problem in own_text_problems(folder)]
    assert any(expected in problem and name in problem for problem in problems), problems


@pytest.mark.parametrize("orcid", ["0000-0002-1694-233X", "https://orcid.org/0000-0001-5109-3700"])
def test_orcid_ids_of_the_registry_are_taken(orcid):
    (author,) = Authors.model_validate({"authors": [{"name": "A", "orcid": orcid}]}).authors
    assert author.orcid == orcid[-19:]
