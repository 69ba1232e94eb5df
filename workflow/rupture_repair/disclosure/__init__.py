"""What may leave the clinic: the one place that decides which counts are shown."""
