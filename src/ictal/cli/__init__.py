"""The commands: parse, one call, print.

Knows: every room, as the edge of the house; the words and exit codes that a user meets.
Must not know: any algorithm. A command that computes something belongs in a room.
Read first: `main.COMMANDS`, the table of verbs, then `analyse.py`. A new verb is one line of the table and one module
that has a click command of the verb's name.
"""
