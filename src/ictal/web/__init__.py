"""The workbench: a study folder in the browser. `ictal serve` starts it.

    browser --> gate (who is it, may they, is it forged) --> a page's module --> study, analysis, report
                                                                            \\-> a job in a process of its own

Knows: pages and their JSON twins, accounts and sessions, uploads, the queue of jobs.
Must not know: SQL, and any algorithm: what a page shows was computed in another room.
Read first: `ictal.web.app.create_app`, then `ictal.web.gate`.
"""
