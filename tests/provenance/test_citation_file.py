"""CITATION.cff is accepted by the validator of the format."""

import pytest
from outside_tools import outside_tool


@pytest.mark.long
def test_the_citation_file_is_valid(root):
    command = ["cffconvert", "--validate", "-i", root / "CITATION.cff"]
    done = outside_tool(["cffconvert==2.0.0"], *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "valid" in done.stdout
