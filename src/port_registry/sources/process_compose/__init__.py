"""The process-compose format: its files, read as it reads them, and the ports in them."""
