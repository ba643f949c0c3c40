"""Facts about ports: services, ranges, restrictions and words, independent of any project."""
