"""A short way to write ratings down."""

import pandas as pd


def long_table(**series):
    """{patient: ratings from session 1 on, None where missing} as a long table."""
    rows = [
        (patient, session, rating)
        for patient, ratings in series.items()
        for session, rating in enumerate(ratings, start=1)
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "session", "alliance"])
    return table.astype({"patient_id": str, "session": "int64", "alliance": float})


# pseudonyms that a page or a spreadsheet could take for code
HOSTILE = [
    "</script><script>document.title='broken'</script>",
    "<!--<script>",
    "\"quoted\" & 'single'",
    "=cmd|' /C calc'!A0",
    "\\u003c/script>\u2028",
    "<img src=x onerror=document.title='broken'>",
]
