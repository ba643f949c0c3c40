"""Languages, which know no ports: a package a language."""
