"""What every configuration model shares: frozen, and unknown keys refused."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Base of every configuration model."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )
