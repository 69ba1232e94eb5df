"""Results."""

from dataclasses import dataclass
from typing import Any

import numpy as np

@dataclass
class MixedModelResults:
    model: Any
    problem: Any
    at: Any
    attempts: Any

    @property
    def llf(self):
        return -self.at.deviance/2
