"""Alliance ruptures and repairs from session ratings."""

from rupture_repair.detection.detector import Detection, detect

__all__ = ["Detection", "detect"]
