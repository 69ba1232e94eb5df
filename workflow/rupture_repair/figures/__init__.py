"""Figures with captions and alt texts."""
