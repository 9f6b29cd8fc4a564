"""From a VCF to the variant that fits, and what follows from it.

Knows: the panel of genes with its evidence, VCF files, MANE coordinates, the rules of ACMG/AMP, cited statements.
Must not know: waveforms, findings of an EEG, pages, databases.
Read first: `triage.triage`, the one composer; then `panel` (what is known), `inheritance` and `mechanism` (what is
asked).
"""
