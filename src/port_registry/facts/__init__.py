"""What is known of ports: services, ranges and restrictions. It knows no files."""
