"""Numbers in the form of the APA Publication Manual (7th edition); words for counts."""

import math

MINUS = "−"


def number(value: float, decimals: int = 2) -> str:
    """Return `12,723.80` with a true minus sign; an en dash for a missing value."""
    if value is None or math.isnan(value):
        return "–"
    text = f"{value:,.{decimals}f}"
    if not text.strip("-0."):
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def size(value: float, decimals: int) -> str:
    """Return a size that is not negative, or the limit below which it lies: `< 0.0001`."""
    limit = 10.0**-decimals
    return f"< {number(limit, decimals)}" if value < limit else number(value, decimals)


def power(value: float, decimals: int = 1) -> str:
    """Return a number far from 1 as `9.9 × 10⁻⁷`, in Markdown."""
    digits, exponent = f"{value:.{decimals}e}".split("e")
    return f"{digits.replace('-', MINUS)} × 10^{int(exponent)}^".replace("^-", f"^{MINUS}")


def proportion(value: float, decimals: int = 2) -> str:
    """Return a number that cannot exceed 1 without its leading zero."""
    return number(value, decimals).replace("0.", ".", 1) if abs(value) < 1 else number(value)


def p_value(value: float) -> str:
    """Return an exact p to three decimals: `.012`, `< .001`, `> .999`."""
    if math.isnan(value):
        return "–"
    if value < 0.001:
        return "< .001"
    return "> .999" if value > 0.9995 else f"{value:.3f}".removeprefix("0")


def p_statement(value: float) -> str:
    """Return `*p* = .012`, `*p* < .001` or `*p* > .999`."""
    text = p_value(value)
    return f"*p* {text}" if text[0] in "<>" else f"*p* = {text}"


def interval(low: float, high: float, decimals: int = 2) -> str:
    """Return `[low, high]`."""
    return f"[{number(low, decimals)}, {number(high, decimals)}]"


def degrees(df: float, decimals: int = 1) -> str:
    """Return degrees of freedom; ∞ for a z test."""
    return "∞" if math.isinf(df) else number(df, decimals).replace(",", "")


def count(value: float) -> str:
    """Return a median of counts: `7`, or `7.5` between two."""
    return number(value, 0 if float(value).is_integer() else 1)


def plural(n: int, singular: str, many: str | None = None) -> str:
    """Return `1 rupture`, `2 ruptures`."""
    return f"{n:,} {singular if n == 1 else many or singular + 's'}"
