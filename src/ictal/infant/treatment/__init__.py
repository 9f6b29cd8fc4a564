"""What was given, how much, and did it help?

Knows: treatments, doses and levels, seizures counted over hours that were watched or recorded.
Must not know: a waveform, how a seizure was found, where a record is stored.
Read first: `response.response`, then `course.courses`.
"""
