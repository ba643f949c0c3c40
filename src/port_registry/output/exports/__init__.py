"""The registry for other programs: one module per format."""
