"""The newest versions that the pins leave free, in an environment of their own."""

import sys

import pytest
from versions import tried


@pytest.mark.long
def test_the_newest_versions_that_are_allowed_pass_the_tests(root, tmp_path):
    seen = tried(root, sys.executable, "newest", tmp_path)
    assert seen.passed, seen.words
