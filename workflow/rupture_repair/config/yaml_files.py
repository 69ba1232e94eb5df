"""YAML files read and checked; what is wrong is noted, and nothing is raised."""

import re
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import yaml
from pydantic import ValidationError

from rupture_repair.config.base import Strict, key_problem
from rupture_repair.config.errors import ConfigProblem, problems_of

Model = TypeVar("Model", bound=Strict)
# None stands for an entry, or a whole file, whose problem has been noted: nothing follows from it
Entries = dict[str, Model | None] | None


# the longest shipped file has some 10 kB and 400 values
MAX_BYTES = 1_000_000
MAX_VALUES = 50_000
MAX_DEPTH = 50
PLAIN = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "map", "seq", "merge", "timestamp")
)


class _PlainYaml(yaml.SafeLoader):
    """YAML of plain values: keys are text, and what would be read otherwise than meant is refused.

    Refused are a key given twice, tags, and aliases that hold themselves or a great deal.
    """

    # without YAML 1.1's 1:30 for 90, 010 for 8 and 1_0 for 10: those stay the text they look like
    yaml_implicit_resolvers: ClassVar = {
        first: [(tag, rule) for tag, rule in rules if not tag.endswith((":int", ":float"))]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None:
            _size(node, {}, 1)
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401
        try:
            return super().construct_object(node, deep)
        except (ValueError, KeyError, AttributeError):  # PyYAML's own, from 2024-99-99 or !!int x
            kind = node.tag.rpartition(":")[2]
            raise _refused(f"`{_short(node)}` is no {kind}; put text in quotes", node) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refused("a key is a list or a section; a key must be text", key)
            if key.value in seen:
                raise _refused(f"the key `{_short(key)}` is given twice", key)
            seen.add(key.value)
            if not key.tag.endswith(":merge"):
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep)


_PlainYaml.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,30})$"), list("-+0123456789")
)
_PlainYaml.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"
        r"|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
    ),
    list("-+.0123456789"),
)


def _size(node: yaml.Node, known: dict[int, int | None], depth: int) -> int:
    """Return the number of values of a node, aliases written out; raise where they are too many."""
    if node.tag not in PLAIN:
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        raise _refused(f"the tag `{tag[:40]}` is not read: write the plain value", node)
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) in known:
        size = known[id(node)]
        if size is None:
            raise _refused("an alias holds itself", node)
        return size
    if depth > MAX_DEPTH:
        raise _refused(f"sections are nested more than {MAX_DEPTH} deep", node)
    known[id(node)] = None
    pairs = node.value if isinstance(node, yaml.MappingNode) else [[part] for part in node.value]
    size = 1 + sum(_size(part, known, depth + 1) for pair in pairs for part in pair)
    if size > MAX_VALUES:
        raise _refused(f"more than {MAX_VALUES} values, aliases written out", node)
    known[id(node)] = size
    return size


def _refused(words: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, words, node.start_mark)


def _short(node: yaml.Node) -> str:
    return str(node.value)[:40]


def is_file(path: Path | str) -> bool:
    """Whether a file is there; a name that no file can have (too long, with NUL) is none."""
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def entries_of(model: type[Model], file: Path, problems: list[ConfigProblem]) -> Entries[Model]:
    """Return the named entries of a YAML file, each checked; None when it cannot be read."""
    content = read_keys(file, problems)
    if content is None:
        return None
    for key in content:
        if why := key_problem(key):
            problems.append(ConfigProblem(str(file), key, why))
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
        if file.stat().st_size > MAX_BYTES:
            message = f"has more than {MAX_BYTES // 1_000_000} MB: that is no configuration"
            problems.append(ConfigProblem(str(file), "", message))
            return None
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=_PlainYaml)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"line {mark.line + 1}" if mark else ""
        problems.append(ConfigProblem(str(file), line, f"not valid YAML: {error.problem}"))
        return None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        problems.append(ConfigProblem(str(file), "", f"not valid YAML: {reason}"))
        return None
    except RecursionError:
        message = f"not valid YAML: sections are nested more than {MAX_DEPTH} deep"
        problems.append(ConfigProblem(str(file), "", message))
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
