"""YAML files read and checked; what is wrong is noted, and nothing is raised."""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from rupture_repair.config.base import Strict
from rupture_repair.config.errors import ConfigProblem, problems_of

Model = TypeVar("Model", bound=Strict)
# None stands for an entry, or a whole file, whose problem has been noted: nothing follows from it
Entries = dict[str, Model | None] | None


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key given twice is an error, not a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key `{key_node.value}` is given twice", key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def entries_of(model: type[Model], file: Path, problems: list[ConfigProblem]) -> Entries[Model]:
    """Return the named entries of a YAML file, each checked; None when it cannot be read."""
    content = read_keys(file, problems)
    if content is None:
        return None
    return {
        str(key): checked(model, value, f"{file}: {key}", problems)
        for key, value in content.items()
    }


def checked(
    model: type[Model], value: object, file: str, problems: list[ConfigProblem]
) -> Model | None:
    """Return `value` as the model, or None after adding to `problems` what is wrong."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems.extend(problems_of(error, model, file))
        return None


def read_keys(file: Path, problems: list[ConfigProblem]) -> dict[str, Any] | None:
    """Return the keys of a YAML file; None when there are none to be had."""
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1}" if mark else ""
        problems.append(ConfigProblem(str(file), line, f"not valid YAML: {error.problem}"))
        return None
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        problems.append(ConfigProblem(str(file), "", f"not valid YAML: {said}"))
        return None
    except UnicodeDecodeError:
        message = "cannot be read as UTF-8 text: save it in that encoding"
        problems.append(ConfigProblem(str(file), "", message))
        return None
    except OSError as error:
        problems.append(ConfigProblem(str(file), "", f"cannot be read: {error.strerror}"))
        return None
    if not isinstance(content, dict):
        problems.append(ConfigProblem(str(file), "", "holds no keys"))
        return None
    return content
