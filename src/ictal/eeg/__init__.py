"""The line from a file to findings, one way only: recording, signal, detection, tracking, findings.

Knows: `base`; each room knows only the rooms before it.
Must not know: the child, the study, pages, commands.
Read first: `ictal.analysis.analyse`, which composes the five rooms.
"""
