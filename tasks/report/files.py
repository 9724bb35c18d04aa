"""A `Sheet` becomes files: Typst sets it, and nothing else, as a one-page PDF; its picture and JSON lie beside it."""

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import typst

from tasks.errors import ReportError
from tasks.report import glyphs, lettering
from tasks.report.editions import PageOf
from tasks.report.page import Sheet


def set_page(sheet: Sheet) -> bytes:
    """Set the sheet as PDF/UA-1, the same sheet the same bytes; ReportError with Typst's diagnosis."""
    try:
        pdf, warnings = typst.compile_with_warnings(**_typesetting(sheet), pdf_standards=["ua-1"])
    except typst.TypstError as error:
        raise _not_set(sheet, error.message) from None
    if warnings:
        raise _not_set(sheet, warnings[0].message)
    return bytes(pdf)


def picture(sheet: Sheet, *, pixels_per_inch: float = 110) -> bytes:
    """Draw the sheet as PNG; 110 pixels per inch make it 909 by 1286. ReportError as for the page."""
    try:
        return bytes(typst.compile(**_typesetting(sheet), format="png", ppi=pixels_per_inch))
    except typst.TypstError as error:
        raise _not_set(sheet, error.message) from None


def write_report(sheet: Sheet, report_dir: Path) -> Path:
    """Write `<dir>/<YYYY>/<name>.pdf`, `.png` and `.json`, each whole or not at all, and give the PDF's path.

    When nothing but the hour of making differs from what is there, all files stay untouched. ReportError when the
    page cannot be set or the folder cannot be written.
    """
    pdf = pdf_path(report_dir, PageOf(sheet.edition, sheet.date))
    image, data = pdf.with_suffix(".png"), pdf.with_suffix(".json")
    text = sheet.model_dump_json(indent=1) + "\n"
    if pdf.is_file() and image.is_file() and _lasting(_read_json(data)) == _lasting(json.loads(text)):
        return pdf
    page, drawn = set_page(sheet), picture(sheet)
    try:
        pdf.parent.mkdir(parents=True, exist_ok=True)
        # The JSON comes last: while it is missing or old, the page counts as not made and is made again.
        _replace(pdf, page)
        _replace(image, drawn)
        _replace(data, text.encode())
    except OSError as error:
        raise ReportError(
            f"The report cannot be written to {pdf.parent}: {error.strerror}.",
            "Check LIFETRACER_REPORT_DIR and the room on the disk.",
        ) from None
    return pdf


def page_exists(report_dir: Path, page: PageOf, *, demo: bool = False) -> bool:
    """Whether the whole page is there: both files, made after every source had seen its last day's end.

    A page of the demo is none for a real account, and the other way round.
    """
    pdf = pdf_path(report_dir, page)
    said = _read_json(pdf.with_suffix(".json"))
    return pdf.is_file() and said.get("partial") is False and said.get("demo") is demo


def pdf_path(report_dir: Path, page: PageOf) -> Path:
    """Where the PDF of the page lies."""
    return report_dir / f"{page.name}.pdf"


@cache
def release() -> str:
    """A fingerprint of templates, words and fonts, so that a page is set again when its looks have changed."""
    files = [*lettering.ROOM.rglob("*.typ"), *lettering.ROOM.rglob("*.toml"), glyphs.FONTS / "SHA256SUMS"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.relative_to(lettering.ROOM).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _typesetting(sheet: Sheet) -> dict[str, Any]:
    return {
        "input": str(lettering.ROOM / f"{sheet.edition}.typ"),
        "root": str(lettering.ROOM),
        "font_paths": [str(glyphs.FONTS)],
        "ignore_system_fonts": True,
        "sys_inputs": {"report": sheet.model_dump_json()},
    }


def _read_json(path: Path) -> dict[str, object]:
    """What a report's JSON says, or nothing when it is missing, half-written or no report."""
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _lasting(said: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in said.items() if key not in {"generated_at", "generated"}}


def _replace(path: Path, content: bytes) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def _not_set(sheet: Sheet, diagnosis: str) -> ReportError:
    what = diagnosis.strip().splitlines()[0].rstrip(".") if diagnosis.strip() else "Typst gave no reason"
    return ReportError(
        f"The page of {sheet.date} could not be set: {what}.", "This is a fault in reports/; please report it."
    )
