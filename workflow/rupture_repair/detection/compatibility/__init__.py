"""Which rupture rules, under which alliance processes, could have given published shares."""

from rupture_repair.detection.compatibility.studies import published_studies
from rupture_repair.detection.compatibility.tables import compatibility_tables
from rupture_repair.detection.compatibility.weigh import Weighed, weigh_rules

__all__ = ["Weighed", "compatibility_tables", "published_studies", "weigh_rules"]
