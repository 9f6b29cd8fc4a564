"""The files of the output contract, written and read: tables, findings, EDF+, the whole-or-nothing folder.

Knows: `base`, the in-memory recording, the types of detection, tracking and findings.
Must not know: how events were found, what they mean for the child, what a page looks like.
Read first: `tables.write_events` and `tables.read_events`, then `folder.whole_folder`.

Modules: `tables` (seizures.tsv, legs.tsv, discharges.tsv; SzCORE files of other tools too), `findings_json` (with its
JSON Schema), `marks` (seizures marked elsewhere, with `marktimes` and `markwords`), `edf` (a recording as EDF+),
`folder` (results appear whole or not at all).
Nothing is re-exported here, so that a command loads only the module it needs.
"""
