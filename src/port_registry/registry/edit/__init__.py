"""The registry's file changed without touching anything else in it.

Every change is proposed as edits of the text, carried out in memory, and read again: it is
taken only if the file then holds exactly the entries that it should. What a shape cannot
bear is refused, with the line to write by hand.
"""
