"""The same question under every defensible combination of choices."""
