"""What several rules ask, answered once, so that they never contradict one another."""
