"""Codes, pseudonyms and exports of survey programs as they come: variants of the small clinic."""

import openpyxl
import pandas as pd
from broken_files import book, named, reading
from broken_shapes import YAML, items
from small_clinic import PATIENTS, SESSIONS, Case


def codes(severity, message, codes, *changes):
    """Return a case with other missing codes."""
    return Case(
        severity, message, ((YAML, '["", NA, NaN]', f'["", NA, NaN, {codes}]'), *changes), {}
    )


def people(severity, message, *changes):
    """Return a case with changes of the patient file."""
    return Case(severity, message, tuple(("patients.csv", *change) for change in changes))


def ids(old, new):
    """Return the patient file with another pseudonym for each patient."""
    text = PATIENTS
    for mine, other in zip(old, new, strict=True):
        text = text.replace(f"{mine},T", f"{other},T")
    return text


P = ["P1", "P2", "P3", "P4"]
NUMBERED = SESSIONS.replace("\nP", "\n00")


def lime(severity, message, codes):
    """Return a case whose six items hold codes of LimeSurvey instead of 0 to 5."""
    rows = "".join(
        f"P{p},T{p},1.5,{s},{','.join([codes[(p + s) % len(codes)]] * 6)},20\n"
        for p in (1, 2)
        for s in (1, 2, 3)
    )
    case = items(severity, message)
    case.files["clinic.csv"] = "ID,T,IIP,No,i1,i2,i3,i4,i5,i6,CORE\n" + rows
    return case


REDCAP = """\
record_id,redcap_event_name,therapist,iip,sai,core,date
P1,baseline_arm_1,T1,1.5,,,2023-12-01
P1,session_1_arm_1,,,3.5,20,2024-01-01
P1,session_2_arm_1,,,3,19,2024-01-08
P1,session_3_arm_1,,,4,18,2024-01-15
P2,baseline_arm_1,T2,2.5,,{more},2023-12-02
P2,session_1_arm_1,,,3.5,20,2024-01-01
P2,session_2_arm_1,,,3,19,2024-01-08
P2,session_3_arm_1,,,4,18,2024-01-15
"""
REDCAP_COHORT = """\
title: Clinic
files: {patients: clinic.csv}
instruments: {alliance: SAI, symptoms: CORE-10, iip: IIP-32}
columns:
  patients: {patient_id: record_id, therapist_id: therapist, iip: iip}
  sessions: {patient_id: record_id, session: redcap_event_name, alliance: sai, symptoms: core,
             date: date}
"""


def redcap(severity, message, more=""):
    """Return an export of REDCap with events; `more` is a rating at an event without number."""
    files = {"clinic.csv": REDCAP.replace("{more}", more), YAML: REDCAP_COHORT}
    return Case(severity, message, (), files | {"patients.csv": None, "sessions.csv": None})


def _hidden(path):
    made = openpyxl.Workbook()
    for line in PATIENTS.splitlines():
        made.active.append([float(c) if c.replace(".", "").isdigit() else c or None
                            for c in line.split(",")])  # fmt: skip
    made.active.row_dimensions[3].hidden = True
    made.active.row_dimensions[5].hidden = True
    made.active.column_dimensions["E"].hidden = True
    made.create_sheet("Old").sheet_state = "hidden"
    made.save(path)


def _formulas(path):
    made = openpyxl.Workbook()
    for number, line in enumerate(PATIENTS.splitlines(), start=1):
        cells = line.split(",")
        made.active.append(cells if number == 1 else [*cells[:2], f"=SUM(A{number}:A9)", 30, "f"])
    made.save(path)


def _long_numbers(path):
    numbers = [float(12345678901234500 + 10 * n) for n in range(4)]
    table = pd.DataFrame({"PatientID": numbers, "TherapistID": list("abab"), "IIP32": 1.5})
    table.assign(Age=30.0, Gender="f").to_parquet(path)


TITLE = [["Patients of the clinic", None, None, None, None]]
ROWS = [line.split(",") for line in PATIENTS.splitlines()]
QUALTRICS = SESSIONS.replace(
    "Date\n",
    'Date\n"Which\npatient?",Which session?,SAI,CORE,Recorded Date\n'
    + ",".join(f'"{{""ImportId"":""QID{n}""}}"' for n in range(5)) + "\n",
)  # fmt: skip

EXPORTS = {
    "a missing code with decimals that is a score": codes(
        "warning", "yet also a possible score of the CORE-10", "9",
        ("sessions.csv", "P1,1,3.5,20", "P1,1,3.5,9.00")),
    "a missing code that is an answer to an item": items(
        "warning", "a missing code, yet also a possible answer to the SAI",
        ("c", '["", 9, 99]', '["", 5]')),
    "a missing code that is a therapist": codes(
        "warning", "the missing code `9` is a therapist, too (1 row)", "9",
        ("patients.csv", "P3,T2", "P3,9")),
    "a missing code that is a patient": Case(
        "warning", "the missing code `NA` is a patient, too (1 row)", (),
        {"patients.csv": ids(["P4"], ["NA"]), "sessions.csv": SESSIONS.replace("P4", "NA")}),
    "therapists who are called unknown": people(
        "warning", "`not recorded` (1 row) was read as: no therapist is named",
        ("P3,T2", "P3,not recorded")),
    "therapists who are called unbekannt": people(
        "warning", "`Unbekannt` (1 row) was read as", ("P3,T2", "P3,Unbekannt")),
    "therapists in two spellings": people(
        "warning", "therapists who may be one and the same: `T. Weber` (1 row) and `t.weber`",
        ("P1,T1", "P1,T. Weber"), ("P2,T1", "P2,t.weber")),
    "therapists with and without umlauts": people(
        "warning", "therapists who may be one and the same: `Müller` (1 row) and `Mueller`",
        ("P1,T1", "P1,Müller"), ("P2,T1", "P2,Mueller")),
    "patients in two spellings": people(
        "warning", "patients who may be one and the same: `P4` (1 row) and `p-04` (1 row)",
        ("P4,T2,0,18,m\n", "P4,T2,0,18,m\np-04,T2,1,20,f\n")),
    "zeros lost in one of two files": Case(
        "blocking", "zeros before a number were lost in one of the files (`001` is `1` there;", (),
        {"patients.csv": ids(P, ["1", "2", "3", "4"]), "sessions.csv": NUMBERED}),
    "numbers with decimals in one of two files": Case(
        "blocking", "a program took them for numbers", (),
        {"patients.csv": ids(P, ["1.0", "2.0", "3.0", "4.0"]), "sessions.csv": NUMBERED}),
    "small letters in one of two files": Case(
        "blocking", "in capital and small letters", (),
        {"patients.csv": ids(P, ["p1", "p2", "p3", "p4"])}),
    "pseudonyms that a spreadsheet has shortened": Case(
        "blocking", "4 pseudonyms in PatientID are long numbers that have lost", (),
        {"patients.csv": ids(P, [f"1.2345{n}E+16" for n in range(4)])}),
    "pseudonyms of 17 digits stored as numbers": named(
        "p.parquet", _long_numbers, "4 pseudonyms in PatientID are long numbers that have lost"),
    "words for missing that nobody declared": Case(
        "note", "read as missing in SAI: `#NULL!` (1 time)",
        (("sessions.csv", "P1,1,3.5", "P1,1,#NULL!"),)),
    "another word for missing": Case(
        "note", "read as missing in CORE10: `<NA>` (1 time)",
        (("sessions.csv", "P1,1,3.5,20", "P1,1,3.5,<NA>"),)),
    "a number that may be 8 or 8000": Case(
        "blocking", "`8.000` may be 8 or 8000",
        ((YAML, "inclusion:", "own_instruments:\n  S: {title: S, short: S, measures: symptoms, "
          "minimum: 0, maximum: 12000, higher_is: worse, source: us}\ninclusion:"),
         (YAML, "symptoms: CORE-10", "symptoms: S")),
        {"sessions.csv": "PatientID;Session;SAI;CORE10;Date\n" + "".join(
            f"P{p};{s};{s};{7 + s}.000;\n" for p in range(1, 5) for s in (1, 2, 3))}),
    "every rating out of range": Case(
        "blocking", "SAI is not a possible value", (),
        {"sessions.csv": SESSIONS.replace("PatientID,Session,SAI", "PatientID,Session,X")
         .replace("CORE10,", "SAI,").replace("X", "CORE10")}),
    "an export of Qualtrics": Case(
        "note", "an export of Qualtrics: the labels in line 2 and 4", (),
        {"sessions.csv": QUALTRICS}),
    "an export of REDCap with events": redcap(
        "note", "2 rows of REDCap without session, date and ratings"),
    "an export of REDCap with a rating at baseline": redcap(
        "blocking", "session `baseline`, which is no session number", "12"),
    "codes of LimeSurvey that may be two answers": lime(
        "blocking", "codes of LimeSurvey, and `A1` may be 0 or 1", ["A1", "A2", "A3"]),
    "codes of LimeSurvey beyond the range": lime(
        "blocking", "codes of LimeSurvey, and `AO07` is beyond", ["AO00", "AO03", "AO07"]),
    "codes of LimeSurvey that are numbers": lime(
        "note", "the codes of LimeSurvey in i1 to i6 were read as their numbers",
        ["A0", "A1", "A5"]),
    "a workbook of formulas without values": named(
        "p.xlsx", _formulas, "the column IIP32 holds 4 formulas without a stored value"),
    "a workbook with hidden rows": Case(
        "note", "2 rows are hidden, perhaps by a filter, and read like the others: row 3, 5",
        ((YAML, "patients: patients.csv", "patients: p.xlsx"),), {"p.xlsx": _hidden}),
    "a workbook with a title above the heading": named(
        "p.xlsx", book(("S", TITLE + ROWS)), "column 2, 3, 4, 5 holds cells but has no name"),
    "a text file with a title above the heading": Case(
        "blocking", "the heading 1", (), {"patients.csv": f"Patients of the clinic\n{PATIENTS}"}),
    "a separator too many in one row": Case(
        "blocking", "the row has 6 cells, the heading 5",
        (("sessions.csv", "P1,2,0,0,2024-01-08", "P1,2,,0,0,2024-01-08"),)),
    "skipped rows that are the heading": Case(
        "blocking", "there is no column `PatientID`", (reading("skip_rows: [1]"),)),
    "a key for skipped rows that is no list": Case(
        "blocking", "skip_rows", (reading("skip_rows: 1"),)),
}  # fmt: skip
