"""Checks: the pipeline, the filter of findings, the update of the baseline, and fixes."""
