"""The worked examples in the documentation run and give what they show."""

import doctest
import re

from rupture_repair.detection import detector


def test_worked_example():
    outcome = doctest.testmod(detector)
    assert outcome.attempted >= 6
    assert outcome.failed == 0


def test_example_for_a_notebook(root):
    page = (root / "docs/how-to/notebook.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {}
    exec(example, names)
    patterns = names["found"].patterns.set_index("patient_id")["pattern"]
    assert patterns.to_dict() == {"Ada": "repaired", "Ben": "none"}
    (event,) = names["found"].events.to_dict("records")
    assert (event["patient_id"], event["session"], event["drop"]) == ("Ada", 3, 2)
    assert event["repaired_at"] == 4
    own_sd = names["ratings"].query("client == 'Ben'")["wai"].std()
    assert f"{2.5 / own_sd:.2f} of his own SDs" in page
