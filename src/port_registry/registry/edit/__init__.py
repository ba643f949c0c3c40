"""Edits of a registry's file that change nothing else in it.

Every change is proposed as edits of the text, applied in memory, and read again: it is
accepted only if the file then holds exactly the intended entries. What the file's shape does
not allow is refused, with the line to write by hand.
"""
