"""One choice of the analysis: as a specification, as a query string, as YAML."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import yaml
from pydantic import ValidationError

from rupture_repair.config.base import key_problem
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.errors import one_line, problems_of
from rupture_repair.config.multiverse import Combination
from rupture_repair.config.steps.multiverse import MultiverseSettings
from rupture_repair.explorer.data import Explored
from rupture_repair.multiverse.specifications import (
    CHOICES,
    DETECTION,
    FIXED,
    Content,
    Specification,
    specified,
)

PARTS = (*CHOICES, *FIXED)
MAX_QUERY_LENGTH = 4000  # characters of a query: the longest is a fifth of that
ASSUMED = "The rule as a whole; chosen in the explorer, with the results in view."


class ChoiceError(Exception):
    """A choice cannot be made; the message says which and why."""


def chosen(content: Content, own: Specification, settings: MultiverseSettings) -> Specification:
    """Return the specification of `content`, and of the cohort's own analysis for the rest.

    Raises `ChoiceError`.
    """
    if unknown := sorted(set(content) - set(PARTS)):
        raise ChoiceError(f"There is no choice `{one_line(unknown[0], 40)}`.")
    complete = own.content() | content
    rule = {name: complete[name] for name in (*DETECTION, *FIXED)}
    try:
        choices = Combination.model_validate({name: complete[name] for name in CHOICES})
        criterion = Criterion.model_validate(_with_reliability(rule, settings))
        # numbers have one form from here on: an identifier tells 2 from 2.0
        checked = choices.model_dump(mode="json") | criterion.model_dump(
            mode="json", include=set(FIXED)
        )
        if not 0 <= checked["winsorise"] < 0.5:
            raise ChoiceError("Winsorised ends are at least 0 and less than .5.")
        if checked["min_patients_per_therapist"] < 1:
            raise ChoiceError("A therapist has at least 1 patient.")
        return specified(checked, settings)
    except ValidationError as error:
        first = problems_of(error, Criterion, "")[0]
        raise ChoiceError(f"{str(first).removeprefix(': ')}.") from None


def from_query(query: str, own: Specification, settings: MultiverseSettings) -> Specification:
    """Return the choice that a query string states. Raises `ChoiceError`."""
    if len(query) > MAX_QUERY_LENGTH:
        raise ChoiceError("The link is too long to be one of the explorer.")
    try:
        pairs = parse_qsl(query.lstrip("?"), keep_blank_values=True, max_num_fields=len(PARTS))
        content = {name: _read(value) for name, value in pairs if name in PARTS}
    except ValueError:
        raise ChoiceError("The link cannot be read: copy all of it.") from None
    return chosen(content, own, settings)


def to_query(choice: Specification) -> str:
    """Return the choice as a query string that needs no other knowledge to be restored."""
    content = choice.content()
    defaults = Criterion().model_dump(mode="json")
    content_given = {
        name: _written(content[name])
        for name in PARTS
        if name not in FIXED or content[name] != defaults[name]
    }
    return urlencode(content_given)


def differences(choice: Specification, own: Specification) -> Content:
    """Return the choices in which `choice` is not the cohort's own analysis."""
    mine, theirs = choice.content(), own.content()
    return {name: mine[name] for name in PARTS if mine[name] != theirs[name]}


def named_rule(choice: Specification, explored: Explored) -> str:
    """Return the name of the rule among the cohort's criteria, its own first; else nothing."""
    rule = _meant(choice.criterion)
    rules = explored.settings.criteria
    names = sorted(rules, key=lambda name: name != explored.settings.cohort.criterion)
    for name in names:
        if _meant(rules[name]) == rule:
            return name
    return ""


def criterion_entry(choice: Specification) -> dict[str, Any]:
    """Return the rule as an entry of `criteria.yaml`: what it shares with the defaults is left out.

    Its unit, multiple and reference are always named.
    """
    defaults = Criterion().model_dump(mode="json")
    rule = choice.criterion.model_dump(mode="json")
    named = ("reference", "scale", "k")
    return {"assumed": ASSUMED} | {
        name: value
        for name, value in rule.items()
        if name in named or (name in (*DETECTION, *FIXED) and value != defaults[name])
    }


def criterion_yaml(choice: Specification, name: str) -> str:
    """Return the rule as YAML under its name. Raises `ChoiceError` for a name that cannot be."""
    if why := key_problem(name):
        raise ChoiceError(f"`{one_line(name, 40)}`: {why}.")
    return _yaml({name: criterion_entry(choice)})


def row_yaml(choice: Specification, own: Specification, settings: MultiverseSettings) -> str:
    """Return the choice as an entry of `also` in `multiverse.yaml`: what is not the cohort's own.

    Raises `ChoiceError` where such an entry cannot say it.
    """
    row = {name: value for name, value in differences(choice, own).items() if name in CHOICES}
    if specified(own.content() | row, settings).id != choice.id:
        raise ChoiceError(
            "This rule has parts that a row of the multiverse does not name. Make it a criterion "
            "of the cohort."
        )
    if not row:
        raise ChoiceError("This is the cohort's own analysis: every run has it.")
    return _yaml([row])


def _meant(rule: Criterion) -> Content:
    """Return the parts of a rule, that which makes no difference to it left out."""
    parts = rule.model_dump(include={*DETECTION, *FIXED})
    return parts | ({} if rule.reference == "previous" else {"max_gap": None})


def _with_reliability(rule: Content, settings: MultiverseSettings) -> Content:
    needed = rule["scale"] == "rci" and rule["reliability"] is None
    return rule | ({"reliability": settings.multiverse.reliability} if needed else {})


def _yaml(content: Any) -> str:  # noqa: ANN401 - plain values
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=96)


def _written(value: Any) -> str:  # noqa: ANN401 - a plain value
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return f"{value:.0f}"
        case _:
            return str(value)


def _read(text: str) -> Any:  # noqa: ANN401 - a plain value
    if text in {"null", "true", "false"}:
        return {"null": None, "true": True, "false": False}[text]
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and "." not in text else number
