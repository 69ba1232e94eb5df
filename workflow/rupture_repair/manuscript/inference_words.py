"""Which tests are reported, in words for the paper's method."""

from rupture_repair.config.reporting import FEWEST_DF, FEWEST_PATIENTS
from rupture_repair.manuscript.results import Results


def primary(results: Results) -> str:
    """Return sentences on the primary and the secondary test."""
    if results.headline_model == "M2":
        return (
            "The primary test is that of the product of time, repaired pattern and interpersonal "
            "problems in M2: all treatments have the same length."
        )
    return (
        "The primary test is that of the product of time, repaired pattern and interpersonal "
        "problems in M3, the moderation at average log length; the secondary one that of its "
        "product with length. M2, which leaves length out, is shown beside and carries no claim."
    )


def inference(results: Results) -> str:
    """Return a sentence on the clusters of the inference that is reported."""
    units = results.tables["headline"]["clusters"].dropna()
    unit = f"{units.iloc[0]}s" if len(units) else "therapists"
    return (
        "Tests and intervals of slopes, contrasts and moderations are cluster-robust (CR2) with "
        f"their Satterthwaite degrees of freedom [@pustejovsky2018]; clusters are {unit}. What "
        f"fewer than {FEWEST_PATIENTS} patients of a pattern stand behind is not estimated, nor is "
        f"what has fewer than {FEWEST_DF:g} degrees of freedom"
    )
