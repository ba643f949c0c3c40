"""A machine whose settings can be read: its files and programs, its rights, its firewall."""
