"""Choices that hands could make on the page."""

import random

from hypothesis import strategies as st
from rupture_repair.explorer.choice import ChoiceError, chosen
from rupture_repair.explorer.words import WORDS
from rupture_repair.multiverse.specifications import DETECTION, FIXED

VALUES = {name: list(values) for name, values in WORDS.items()} | {
    "k": [0.5, 0.75, 1, 1.35, 1.5, 2, 2.5, 3],
    "min_sessions": [1, 3, 4, 5, 8],
    "min_patients_per_therapist": [1, 3],
    "reliability": [None, 0.8],
}
CONTENTS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in VALUES.items()}
)


def random_choices(explored, n, seed):
    """Return n different choices that can be made; some are named criteria in other models."""
    rng = random.Random(seed)
    rules = [
        rule.model_dump(mode="json", include={*DETECTION, *FIXED})
        for rule in explored.settings.criteria.values()
    ]
    found = {}
    while len(found) < n:
        names = rng.sample(sorted(VALUES), rng.randint(1, 6))
        content = {name: rng.choice(VALUES[name]) for name in names}
        if rng.random() < 0.3:
            content |= rng.choice(rules)
        try:
            one = chosen(content, explored.own, explored.multiverse)
        except ChoiceError:
            continue
        found[one.id] = one
    return list(found.values())
