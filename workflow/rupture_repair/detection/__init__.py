"""Alliance ruptures and repairs from session ratings."""

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.detector import Detection, detect, detect_each

__all__ = ["Criterion", "Detection", "detect", "detect_each"]
