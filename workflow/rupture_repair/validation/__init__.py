"""Problems of the data in words, before any model sees the data."""
