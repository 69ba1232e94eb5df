"""A local page on which the choices of the analysis are moved and everything is computed anew."""
