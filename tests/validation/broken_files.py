"""Files that are no table, or are written in another way than the cohort file says."""

import re

import openpyxl
import pandas as pd
import pyreadstat
from small_clinic import PATIENTS, SESSIONS, Case

YAML = "config/cohorts/clinic.yaml"
TEXT = b"id,score\nA,1\n"


def named(name, content, message, *more):
    """Return a case in which the patient file is called `name`."""
    return Case(
        "blocking",
        message,
        ((YAML, "patients: patients.csv", f"patients: {name}"), *more),
        {name: content},
    )


def book(*sheets):
    """Return a function that writes a workbook."""

    def write(path):
        found = openpyxl.Workbook()
        found.remove(found.active)
        for title, rows in sheets:
            sheet = found.create_sheet(title)
            for row in rows:
                sheet.append(row)
        found.save(path)

    return write


def _spss(path):
    pyreadstat.write_sav(pd.DataFrame({"PatientID": ["P1"], "sex": [1.0]}), str(path))


def reading(words, kind="patients"):
    """Return a change of the cohort file that adds a section `reading`."""
    return (YAML, "columns:\n", f"reading: {{{kind}: {{{words}}}}}\ncolumns:\n")


HEADING = PATIENTS.splitlines()[0].split(",")
TWO = [("First", [HEADING]), ("Second", [HEADING])]
WINDOWS = PATIENTS.replace("P1,T1", "P1,Müller")

FILES = {
    "patient file that is a workbook in name only": named(
        "p.xlsx", TEXT, "not an Excel workbook"),
    "SPSS file that is text": named("p.sav", TEXT, "cannot be read as an SPSS file"),
    "SPSS file of no bytes": named("p.sav", b"", "cannot be read as an SPSS file"),
    "Stata file that is text": named("p.dta", TEXT, "cannot be read as a Stata file"),
    "Parquet file that is text": named("p.parquet", TEXT, "cannot be read as Parquet"),
    "workbook of an old Excel": named(
        "p.xls", b"\xd0\xcf\x11\xe0", "files that end in `.xls` cannot be read"),
    "table in a PDF": named("p.pdf", b"%PDF-1.4", "files that end in `.pdf` cannot be read"),
    "file name without ending": named("p", TEXT, "cannot be read"),
    "CSV file that is binary": named("p.csv", b"id\x00\xff", "not UTF-8 text"),
    "CSV file in UTF-16": named("p.csv", PATIENTS.encode("utf-16"), "not UTF-8 text"),
    "text in no known encoding": named(
        "p.csv", b"id\n\x81\n", "neither UTF-8 nor Windows-1252"),
    "Windows text where UTF-8 is asked for": named(
        "p.csv", WINDOWS.encode("windows-1252"), "not UTF-8 text", reading("encoding: utf-8")),
    "Windows text": Case(
        "note", "was read as Windows-1252", (),
        {"patients.csv": WINDOWS.encode("windows-1252")}),
    "empty patient file": Case("blocking", "the file is empty", (), {"patients.csv": ""}),
    "patient file with a heading alone": Case(
        "blocking", "the table has no rows", (), {"patients.csv": PATIENTS.splitlines()[0]}),
    "session file with a heading alone": Case(
        "blocking", "the table has no rows", (), {"sessions.csv": SESSIONS.splitlines()[0]}),
    "patient file absent": Case(
        "blocking", "no file patients.csv", (), {"patients.csv": None}),
    "session file absent": Case(
        "blocking", "no file sessions.csv", (), {"sessions.csv": None}),
    "quotation mark that is never closed": Case(
        "blocking", "do not form a table", (("sessions.csv", "P1,2,0,0", 'P1,2,0,"0'),)),
    "column named line": Case(
        "blocking", "the column name `line` is taken", (("patients.csv", "Gender", "line"),)),
    "semicolons where commas are asked for": Case(
        "blocking", "there is no column `PatientID`", (reading("delimiter: comma"),),
        {"patients.csv": PATIENTS.replace(",", ";")}),
    "decimal commas where points are asked for": Case(
        "blocking", "IIP32: not a number", (reading("decimal: point"),),
        {"patients.csv": PATIENTS.replace(",", ";").replace("1.5", "1,5")}),
    "dates written in another way than said": Case(
        "warning", "Date: not a date", (reading("dates: DD/MM/YYYY", "sessions"),),
        {"sessions.csv": SESSIONS.replace("2024-01-15", "01/15/2024")}),
    "dates that may be read in two ways": Case(
        "warning", "day and month may each come first", (),
        {"sessions.csv": re.sub(r"2024-0(.)-..", r"0\1/09/24", SESSIONS)}),
    "workbook with two sheets": named(
        "p.xlsx", book(*TWO), "there are several sheets: First, Second"),
    "sheet that is not there": named(
        "p.xlsx", book(*TWO), "there is no sheet `Secnd`", reading("sheet: Secnd")),
    "sheet without cells": named("p.xlsx", book(("S", [])), "the file is empty"),
    "cells under no heading": named(
        "p.xlsx", book(("S", [["id", None], ["A", 1]])), "column 2 holds cells but has no name"),
    "labels asked of a column that is not there": named(
        "p.sav", _spss, "`value_labels` names the column `sx`", reading("value_labels: [sx]")),
}  # fmt: skip
