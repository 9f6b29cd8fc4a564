"""The steps from the first store to today's, in order; each is run once, in one transaction (Alembic).

Knows: SQL tables as they were at each release; a step is never changed once it was released.
Must not know: `schema`, which is today's picture and moves on.
Read first: `m0001_first`.
"""
