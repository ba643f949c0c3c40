"""State of the machine: sockets, processes, and settings that concern ports."""
