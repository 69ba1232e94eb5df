"""The scores that a questionnaire can give, and ratings set back onto them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupture_repair.config.instruments import Instrument

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# ratings with more decimals than this count as computed, not as rounded
MAX_DECIMALS = 6
COMPUTED = 10.0**-MAX_DECIMALS
# tolerance in points: binary rounding error of numbers with that many decimals
ROUNDING = 1e-9


@dataclass(frozen=True)
class Grid:
    """Ratings that an instrument allows, in points.

    step : distance of possible scores; None when there is no smallest one.
    items : of how many items the score is the mean or sum; None where that is not known.
    """

    minimum: float
    maximum: float
    step: float | None
    items: int | None = None

    @classmethod
    def of(cls, tool: Instrument) -> "Grid":
        """Return the ratings that an instrument allows."""
        items = len(tool.scoring.parts) if tool.scoring and not tool.scoring.weights else None
        return cls(tool.minimum, tool.maximum, tool.step, items)

    def onto(self, ratings: Floats) -> Floats:
        """Return the nearest possible ratings."""
        if self.step is not None:
            ratings = self._nearest(ratings, self.step)
        return np.clip(ratings, self.minimum, self.maximum)

    def unrounded(self, written: Floats) -> Floats:
        """Return the possible scores that ratings with few decimals stand for.

        written : ratings as in the file, shape (n,), points. A score of 8/6 may stand there as
        1.33, and a drop of eight steps as 1.34 or 1.33. A rating becomes the score of all items, or
        of at least half of them (proration), that it is when rounded to the decimals of the file,
        or, failing that, when cut off after them. Where neither is so it stays as it is, as do all
        ratings without a `step`.
        """
        if self.step is None or not len(written):
            return written
        found, open_ = written.copy(), np.ones(len(written), dtype=bool)
        for step, tolerance in self._scores(_decimals(written)):
            score = self._nearest(written, step)
            hit = open_ & (np.abs(score - written) <= tolerance + ROUNDING)
            found[hit] = score[hit]
            open_ &= ~hit
            if not open_.any():
                break
        return found

    def _scores(self, decimals: Ints) -> list[tuple[float, float]]:
        """Return steps with how far a rating may lie from its score, in order of preference."""
        assert self.step is not None
        items = self.items or 1
        answered = range(items, (items + 1) // 2 - 1, -1) if self.items else (1,)
        steps = [self.step * items / n for n in answered]
        computed, few = decimals > MAX_DECIMALS, decimals <= MAX_DECIMALS
        unit = 10.0 ** -float(decimals[few].max()) if few.any() else 0.0
        rounded = [*((step, unit / 2) for step in steps), (self.step, unit)]
        # among computed scores, one of few decimals need not be rounded: 17 / 5 is 3.4
        return [*((step, COMPUTED) for step in steps if computed.any()), *rounded]

    def _nearest(self, ratings: Floats, step: float) -> Floats:
        return self.minimum + np.rint((ratings - self.minimum) / step) * step


def _decimals(written: Floats) -> Ints:
    """Return the decimals of each rating, shape (n,); `MAX_DECIMALS` + 1 for more."""
    decimals = np.full(len(written), MAX_DECIMALS + 1)
    for places in range(MAX_DECIMALS, -1, -1):
        scaled = written * 10.0**places
        decimals[np.abs(scaled - np.rint(scaled)) <= ROUNDING * 10.0**places] = places
    return decimals
