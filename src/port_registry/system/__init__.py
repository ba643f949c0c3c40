"""What the machine that the program runs on does now."""
