"""Docker Compose: its files, and the ports that their services publish and keep inside."""
