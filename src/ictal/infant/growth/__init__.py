"""How does the child grow, against the WHO standards of its age and sex?

Knows: what was measured, the packaged WHO tables, corrected age.
Must not know: seizures, treatments, where a record is stored.
Read first: `standards.z_score`, then `course.growth_course`.
"""
