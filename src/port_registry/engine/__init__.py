"""The pipeline, and the one funnel that every finding passes."""
