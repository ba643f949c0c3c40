"""The check pipeline, the filter that every finding passes, and fixes."""
