"""The formats that ports are used in: a package a format, bytes in, uses out."""
