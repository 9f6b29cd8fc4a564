"""What we know of a recording or a child, given to other programs in the field's standards, with or without identity.

Knows: `base`, recordings, the types of events, the files of `exchange`, the record of a child.
Must not know: how a seizure is found, what a finding means, options of a command.
Read first: `types.Case`, then `write.write`.

Modules: `sources` (a path becomes a `Case`), `edf_copy`, `recordings` and `marks` (EDF+ with our marks as annotations),
`events`, `bids`, `hed`, `score` (events in other words), `shift`, `clean`, `identity` and `audit` (without identity),
`write`.
"""
