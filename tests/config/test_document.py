"""The page of all configuration keys is what the typed configuration says."""

from typing import get_origin

import pytest
import yaml
from pydantic import BaseModel
from rupture_repair.config.document import PARTS, configuration_page
from rupture_repair.config.project import Project

# whose entries have names of the user's choice
DEMOGRAPHICS = "synthetic.demographics"
FREELY_NAMED = {"synthetic.sources", f"{DEMOGRAPHICS}.gender", f"{DEMOGRAPHICS}.diagnosis"}


@pytest.fixture(scope="module")
def rows():
    """The table rows of the page by key, cells split at unescaped bars."""
    found = {}
    for line in configuration_page().splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.replace("\\|", "¦").strip("|").split("|")]
            found.setdefault(cells[0].strip("`"), []).append(cells[1:])
    return found


def leaves(content, prefix=""):
    for key, value in content.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict) and f"{prefix}{key}" not in FREELY_NAMED:
            yield from leaves(value, f"{prefix}{key}.")


def test_the_shipped_page_agrees_with_the_models(root):
    shipped = (root / "config/README.md").read_text(encoding="utf-8")
    assert shipped == configuration_page(), "run `make config-docs`"


def test_every_key_of_the_shipped_files_is_documented(rows, root, cohort_file):
    project = yaml.safe_load((root / "config/config.yaml").read_text(encoding="utf-8"))
    assert set(leaves(project)) | set(leaves(cohort_file)) <= set(rows)
    for library in ("instruments", "criteria"):
        entries = yaml.safe_load((root / f"config/{library}.yaml").read_text(encoding="utf-8"))
        for entry in entries.values():
            assert set(leaves(entry)) <= set(rows)


def test_every_key_has_a_type_and_a_meaning(rows):
    for key, entries in rows.items():
        for kind, _, meaning in entries:
            assert kind, key
            assert "<class" not in kind and "typing." not in kind, key
            assert len(meaning) > 10, key


def test_every_field_of_every_model_is_on_the_page(rows):
    def fields(model, prefix=""):
        for name, field in model.model_fields.items():
            yield f"{prefix}{name}"
            if get_origin(field.annotation) is dict:  # entries as in a library of their own
                continue
            kinds = (field.annotation, *getattr(field.annotation, "__args__", ()))
            for kind in kinds:
                if isinstance(kind, type) and issubclass(kind, BaseModel):
                    yield from fields(kind, f"{prefix}{name}.")

    for _, _, model in PARTS:
        assert set(fields(model)) <= set(rows)


def test_required_keys_are_distinguished_from_those_with_a_default(rows):
    required = {name for name, field in Project.model_fields.items() if field.is_required()}
    for name in Project.model_fields:
        assert (rows[name][0][1] == "required") == (name in required)
