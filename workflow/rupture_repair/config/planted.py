"""Which coefficient of the models estimates which parameter of a synthetic cohort."""

REPAIRED, UNREPAIRED = "pattern[T.repaired]", "pattern[T.unrepaired]"
# term of M3 → parameter of `synthetic.symptoms`; None where nothing is planted, so that 0 is true
PLANTED: dict[str, str | None] = {
    "time": "slope",
    f"time:{UNREPAIRED}": "slope_unrepaired",
    f"time:{REPAIRED}": "slope_repaired",
    "time:iip_z": "slope_iip",
    "time:length_c": "slope_length",
    f"time:{UNREPAIRED}:iip_z": "slope_unrepaired_iip",
    f"time:{REPAIRED}:iip_z": "slope_repaired_iip",
    "time:iip_z:length_c": "slope_iip_length",
    f"time:{UNREPAIRED}:length_c": None,
    f"time:{REPAIRED}:length_c": None,
    f"time:{UNREPAIRED}:iip_z:length_c": None,
    f"time:{REPAIRED}:iip_z:length_c": "slope_repaired_iip_length",
}
