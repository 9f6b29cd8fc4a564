"""The report that a clinic files: one infant or one recording, one page for the clinician first, then everything else.

Knows: what `report` knows. Must not know: files, folders, commands; it computes nothing new.
Read first: `types.Sheet`, the report as data; `compose.compose` makes it, `page.html_of` and `pdf.pdf_of` write it, and
`numbers.number_rows` lists its numbers, so that no form can say what another does not.
"""

from __future__ import annotations
