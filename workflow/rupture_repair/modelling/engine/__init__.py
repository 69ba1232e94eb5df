"""Exact inference for Gaussian mixed models of sessions in patients in therapists."""
