"""Speed and memory of whole commands, as ratios taken side by side in one run."""
