"""Writes a workbook by openpyxl: its description comes in as JSON, the workbook goes out.

A cell is a text, a number, null, or {"value": …, "format": a number format, "date": an ISO date and time}.
"""

import datetime
import io
import json
import sys

import openpyxl

wanted = json.load(sys.stdin)
book = openpyxl.Workbook()
book.remove(book.active)
book.iso_dates = wanted.get("iso_dates", False)
for described in wanted["sheets"]:
    if described.get("chart"):
        book.create_chartsheet(described["name"])
        continue
    sheet = book.create_sheet(described["name"])
    sheet.sheet_state = described.get("state", "visible")
    for row, cells in enumerate(described["rows"], 1):
        for column, cell in enumerate(cells, 1):
            if cell is None:
                continue
            if not isinstance(cell, dict):
                cell = {"value": cell}
            written = sheet.cell(row, column)
            written.value = datetime.datetime.fromisoformat(cell["date"]) if "date" in cell else cell.get("value")
            if "format" in cell:
                written.number_format = cell["format"]
    for row in described.get("hidden_rows", []):
        sheet.row_dimensions[row].hidden = True
    for column in described.get("hidden_columns", []):
        sheet.column_dimensions[column].hidden = True
    if "filter" in described:
        sheet.auto_filter.ref = described["filter"]
    for merged in described.get("merged", []):
        sheet.merge_cells(merged)
book.active = wanted.get("active", 0)
if wanted.get("epoch") == 1904:
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
written = io.BytesIO()
book.save(written)
sys.stdout.buffer.write(written.getvalue())
