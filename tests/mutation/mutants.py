"""Small mistakes in a module's source: what could be wrong there without being seen.

Mutated: comparisons (limit moved, sense turned), arithmetic and set operators, and/or, negations,
numbers (whole ones ± 1, others + 1 and × 1.1: indices, slices, ddof, axis, powers, constants),
True/False, ends of slices left out, min/max, any/all and the like exchanged, conditions turned,
values not returned, statements left out (assignments into something, `raise`, `+=`, calls,
`continue`, rebound names).

Left out, because no result depends on them: docstrings and all text (words are the business of
reviewers, names of columns break at once), annotations, decorators, `assert` (they speak to type
checkers), what a `raise` says (not whether it happens), `strict=` and `copy=` (guards and speed).
"""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

OTHER_COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OTHER_OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
PAIRS = [("min", "max"), ("minimum", "maximum"), ("fmin", "fmax"), ("any", "all")]
PAIRS += [("floor", "ceil"), ("argmin", "argmax"), ("idxmin", "idxmax"), ("first", "last")]
OTHER_NAMES = dict(PAIRS) | {second: first for first, second in PAIRS}
WITHOUT_EFFECT = {"strict", "copy"}
TOLERANCE = 1e-3  # smaller numbers are tolerances: a tenth more of them is no mistake


@dataclass(frozen=True)
class Mutant:
    """One changed place in a source.

    line, lines : its own, and those of the statement around it. before, after : its first changed
        line, stripped.
    at_import : whether it is executed when the module is imported.
    """

    line: int
    lines: range
    before: str
    after: str
    source: str
    at_import: bool


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of the source."""
    found: dict[str, Mutant] = {}
    for node, around, at_import in _places(ast.parse(source)):
        for other in _variants(node):
            mutant = _applied(source, node, other, around, at_import)
            if mutant is not None:
                found.setdefault(mutant.source, mutant)
    return sorted(found.values(), key=lambda mutant: mutant.lines.start)


def _places(tree: ast.Module) -> Iterator[tuple[ast.AST, range, bool]]:
    """Yield what may be changed, the lines of the statement around it, whether it is at import."""
    waiting: list[tuple[ast.AST, range | None, bool]] = [(tree, None, True)]
    while waiting:
        node, around, at_import = waiting.pop()
        if isinstance(node, ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.keyword) and node.arg in WITHOUT_EFFECT:
            continue
        if isinstance(node, ast.stmt):
            around = None if _blocks(node) else _lines(node)
        if hasattr(node, "lineno"):
            header = node.test if isinstance(node, ast.If | ast.While) else node
            yield node, around or _lines(header), at_import
        if isinstance(node, ast.Raise):
            continue
        for field, child in _children(node):
            inside = isinstance(node, ast.FunctionDef | ast.Lambda) and field == "body"
            waiting.append((child, around, at_import and not inside))


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield field, child


def _blocks(node: ast.stmt) -> bool:
    return hasattr(node, "body") or isinstance(node, ast.Match)


def _lines(node: ast.AST) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)  # type: ignore[attr-defined]


def _variants(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in the place of a node."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                for other in OTHER_COMPARISONS[type(operator)]:
                    operators = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                    yield _with(node, ops=operators)
        case ast.BinOp() if type(node.op) in OTHER_OPERATORS and not _text(node):
            yield _with(node, op=OTHER_OPERATORS[type(node.op)]())
        case ast.AugAssign():
            if type(node.op) in OTHER_OPERATORS:
                yield _with(node, op=OTHER_OPERATORS[type(node.op)]())
            yield ast.Pass()
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int()):
            yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
        case ast.Constant(value=float()):
            yield ast.Constant(node.value + 1)
            if abs(node.value) >= TOLERANCE:
                yield ast.Constant(node.value * 1.1)
        case ast.Slice():
            yield from (_with(node, **{e: None}) for e in ("lower", "upper") if getattr(node, e))
        case ast.Call(func=ast.Name(id=name)) if name in OTHER_NAMES:
            yield _with(node, func=ast.Name(OTHER_NAMES[name]))
        case ast.Call(func=ast.Attribute(attr=name)) if name in OTHER_NAMES:
            yield _with(node, func=_with(node.func, attr=OTHER_NAMES[name]))
        case ast.IfExp() | ast.While() | ast.If():
            if not isinstance(node.test, ast.Compare | ast.UnaryOp | ast.BoolOp):
                yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Return() if node.value is not None and not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass()
        case ast.Assign(targets=[target]):
            within = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
            rebound = isinstance(target, ast.Name) and target.id in within
            if rebound or isinstance(target, ast.Subscript | ast.Attribute):
                yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()


def _with(node: ast.AST, **changed: object) -> ast.AST:
    other = copy(node)
    for field, value in changed.items():
        setattr(other, field, value)
    return other


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | None))
        for side in sides
    )


def _applied(
    source: str, node: ast.AST, other: ast.AST, around: range, at_import: bool
) -> Mutant | None:
    """Return the mutant, or None where the changed source is none."""
    if isinstance(node, ast.While | ast.If):  # the condition alone, the block stays as it is
        node, other = node.test, other.test  # type: ignore[attr-defined]
    text = ast.unparse(ast.fix_missing_locations(other))
    if isinstance(other, ast.expr) and not isinstance(other, ast.Slice | ast.Call | ast.Constant):
        text = f"({text})"
    lines = source.encode().splitlines(keepends=True)
    begin = sum(map(len, lines[: node.lineno - 1])) + node.col_offset  # type: ignore[attr-defined]
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset  # type: ignore
    changed = (source.encode()[:begin] + text.encode() + source.encode()[end:]).decode()
    try:
        compile(changed, "mutant", "exec")
    except (SyntaxError, ValueError):
        return None
    place = node.lineno - 1  # type: ignore[attr-defined]
    before, after = source.splitlines()[place].strip(), changed.splitlines()[place].strip()
    return Mutant(node.lineno, around, before, after, changed, at_import)
