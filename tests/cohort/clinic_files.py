"""One small clinic, written in every format and every shape."""

import datetime

import pandas as pd
import pyreadstat

PATIENTS = pd.DataFrame(
    {
        "ID": ["P1", "P2", "Ødegård"],
        "Therapist": ["T1", "T2", "T1"],
        "IIP": [1.5, 0.25, None],
        "Age": [30.0, None, 18.0],
        "Gender": ["f", "", "m"],
    }
)
SESSIONS = pd.DataFrame(
    [
        ("P1", 1, 3.5, 20.0, "2024-01-01"),
        ("P1", 2, None, 0.0, "2024-01-08"),
        ("P1", 3, 5.0, 40.0, "2024-01-15"),
        ("P2", 1, 4.17, None, "2024-02-01"),
        ("P2", 2, None, None, "2024-02-08"),
        ("P2", 3, 2.0, 17.0, "2024-02-15"),
        ("P2", 4, 2.5, 16.0, "2024-02-22"),
        ("Ødegård", 1, 0.0, 11.0, "2024-03-01"),
        ("Ødegård", 2, 3.1, 12.0, "2024-03-02"),
        ("Ødegård", 3, 3.3, 13.0, "2024-03-03"),
    ],
    columns=["ID", "Session", "SAI", "CORE", "Date"],
)
LONG = {"patient_id": "ID", "session": "Session", "alliance": "SAI", "symptoms": "CORE"}
COLUMNS = {
    "patients": {
        "patient_id": "ID", "therapist_id": "Therapist", "iip": "IIP", "age": "Age",
        "gender": "Gender", "diagnosis": None, "orientation": None,
    },
    "sessions": {**LONG, "date": "Date", "therapist_id": None},
}  # fmt: skip
WIDE = {
    "patient_id": "ID", "session": None, "alliance": "sai_s{session}",
    "symptoms": "core_s{session}", "date": "date_s{session}", "therapist_id": None,
}  # fmt: skip


def wide(sessions):
    """A row per patient, a column per rating and session."""
    short = {"SAI": "sai", "CORE": "core", "Date": "date"}
    table = sessions.set_index(["ID", "Session"])[list(short)].unstack()  # noqa: PD010
    table.columns = [f"{short[name]}_s{number}" for name, number in table.columns]
    table = table.reset_index()
    return table.astype({c: float for c in table if c.startswith(("sai", "core"))})


def _shape_two_long():
    return PATIENTS, SESSIONS, COLUMNS


def _shape_two_wide():
    return PATIENTS, wide(SESSIONS), COLUMNS | {"sessions": WIDE}


def _shape_one_long():
    return SESSIONS.merge(PATIENTS, on="ID"), None, COLUMNS


def _shape_one_wide():
    return PATIENTS.merge(wide(SESSIONS), on="ID"), None, COLUMNS | {"sessions": WIDE}


def _shape_numbered_by_date():
    shuffled = SESSIONS.drop(columns="Session").iloc[::-1]
    return PATIENTS, shuffled, COLUMNS | {"sessions": COLUMNS["sessions"] | {"session": None}}


SHAPES = {
    "two long": _shape_two_long,
    "two wide": _shape_two_wide,
    "one long": _shape_one_long,
    "one wide": _shape_one_wide,
    "numbered by date": _shape_numbered_by_date,
}


def _dates(table, convert):
    dates = [c for c in table if c.lower().startswith("date")]
    return table.assign(
        **{c: table[c].map(lambda d: convert(d) if isinstance(d, str) else None) for c in dates}
    )


def _european(table, file, encoding, delimiter):
    table = _dates(table, lambda d: datetime.date.fromisoformat(d).strftime("%d.%m.%Y"))
    table.to_csv(file, index=False, sep=delimiter, decimal=",", encoding=encoding)
    return {"dates": "DD.MM.YYYY"}


def _excel(table, file):
    with pd.ExcelWriter(file) as book:
        pd.DataFrame({"notes": ["not the data"]}).to_excel(book, sheet_name="Read me")
        table = _dates(table, datetime.datetime.fromisoformat)
        table.to_excel(book, sheet_name="Data", index=False)
    return {"sheet": "Data"}


def _spss(table, file):
    table = _dates(table, datetime.date.fromisoformat)
    scores = [c for c in table if c.lower().startswith(("sai", "core"))]
    # the clinic declared 99 as missing, and typed it
    table = table.assign(**{c: table[c].fillna(99) for c in scores})
    pyreadstat.write_sav(table, str(file), missing_ranges={c: [99] for c in scores})


def _stata(table, file):
    dates = [c for c in table if c.lower().startswith("date")]
    table = table.assign(**{c: pd.to_datetime(table[c]) for c in dates})
    table.to_stata(file, write_index=False, convert_dates=dict.fromkeys(dates, "td"), version=118)


def _parquet(table, file):
    _dates(table, datetime.date.fromisoformat).to_parquet(file, index=False)


FORMATS = {
    "csv": ("csv", lambda t, f: t.to_csv(f, index=False)),
    "csv with mark": ("csv", lambda t, f: t.to_csv(f, index=False, encoding="utf-8-sig")),
    "semicolon": ("csv", lambda t, f: _european(t, f, "utf-8", ";")),
    "windows": ("csv", lambda t, f: _european(t, f, "cp1252", ";")),
    "tab": ("tsv", lambda t, f: t.to_csv(f, index=False, sep="\t")),
    "tab with comma": ("txt", lambda t, f: _european(t, f, "utf-8-sig", "\t")),
    "excel": ("xlsx", _excel),
    "spss": ("sav", _spss),
    "stata": ("dta", _stata),
    "parquet": ("parquet", _parquet),
}


def written(folder, form, shape):
    """Write the clinic; return the two files' names and the settings that read them."""
    patients, sessions, columns = SHAPES[shape]()
    ending, write = FORMATS[form]
    names, reading = [], {}
    for kind, table in (("patients", patients), ("sessions", sessions)):
        if table is not None:
            file = folder / f"{kind}.{ending}"
            reading[kind] = write(table, file) or {}
            names.append(str(file))
    reading.setdefault("sessions", reading["patients"])
    return names[0], names[-1], {"columns": columns, "reading": reading}
