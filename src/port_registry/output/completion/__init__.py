"""Scripts that complete command lines in a shell: one module per shell.

Commands and options are written into the script; the names of entries come from
`port-registry get --names`, which answers at once.
"""
