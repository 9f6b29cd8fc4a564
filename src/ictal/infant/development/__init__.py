"""Which skills did the child gain, which did it lose, and what does that come to?

Knows: milestones and what else was seen of development, WHO windows as background.
Must not know: seizures, treatments, where a record is stored.
Read first: `course.development`.
"""
