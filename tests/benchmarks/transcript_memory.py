"""Measure what memory reading transcripts takes, in times of the file's size.

Run on a Linux machine, from anywhere (``--megabytes 5`` takes a few minutes)::

    python tests/benchmarks/transcript_memory.py --megabytes 20 --only csv docx

Every file is read in a process of its own, whose most memory ever resident is told by
Linux. What the process had resident after importing the package is taken off, what
libraries take that are imported to read the file is not. The size of a Word or Excel
file is what it holds unpacked. ``short`` files have one or two words in a talkturn.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

long = import_module("long_transcripts")

SHORT = {
    "short.csv": "rows.csv",
    "short_whole_seconds.csv": "rows.csv",
    "short_untimed.csv": "turns.csv",
    "short.jsonl": "records.jsonl",
    "short.vtt": "captions.vtt",
    "short.txt": "names.txt",
    "short_clocks.txt": "above.txt",
}
OFFICE = ("paragraphs.docx", "table.docx", "sheet.xlsx")


def short_turn(number):
    """Return a talkturn of one or two words, its start and end, and whose it is."""
    many = number // 2 % 2 + 1
    said = [long.WORDS[(number + n) % len(long.WORDS)] for n in range(many)]
    return " ".join(said), number / 2, number / 2 + 0.25 * many, number % 2


def whole_seconds(number):
    """Return such a talkturn with times of whole seconds."""
    said, _, _, person = short_turn(number)
    return said, number, number + 1, person


def write(path, size):
    """Write the file of this name, of about so many bytes; return its size."""
    if path.name in OFFICE:
        {".docx": write_word, ".xlsx": write_excel}[path.suffix](path, size)
        with zipfile.ZipFile(path) as archive:
            return sum(member.file_size for member in archive.infolist())
    like = SHORT.get(path.name, path.name)
    if path.name in SHORT:
        unit = whole_seconds if "whole" in path.name else short_turn
        long.FORMS[path.name] = (*long.FORMS[like][:4], unit)
    path.write_text(long.long_transcript(path.name, size), encoding="utf-8")
    return path.stat().st_size


def write_word(path, size):
    """Write paragraphs, or a table, by their XML: python-docx takes minutes."""
    import docx

    document = docx.Document()
    document.add_paragraph("HERE")
    document.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {
            name: archive.read(name).decode("latin-1") for name in archive.namelist()
        }
    xml = parts["word/document.xml"]
    begin, end = xml.index("<w:p>"), xml.index("</w:p>") + len("</w:p>")
    form = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    if path.name.startswith("table"):
        cell = f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="4320"/></w:tcPr>{form}</w:tc>'
        form, rows = f"<w:tr>{cell}{cell}</w:tr>", [("speaker", "text")]
        grid = "<w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
        head, tail = f"<w:tbl>{grid}", "</w:tbl>"
    else:
        form, rows, head, tail = form + form, [], "", ""
    for said, start, _, person in long.long_turns(size // (len(form) + 50)):
        minutes, seconds = divmod(int(start), 60)
        clock = f"   {minutes // 60}:{minutes % 60:02}:{seconds:02}"
        rows.append((long.WHO[person] + clock * (not head), said))
    body = head + "".join(form.format(*row) for row in rows) + tail
    parts["word/document.xml"] = (xml[:begin] + body + xml[end:]).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def write_excel(path, size):
    """Write a sheet of turns."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["speaker", "text", "start", "end"])
    for said, start, end, person in long.long_turns(size // 280):
        sheet.append([long.WHO[person], said, start, end])
    book.save(path)


def resident(which):
    """Return the kilobytes this process has resident, or ever had at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1])
    raise RuntimeError("This system does not tell a process what is resident.")


def measure(path):
    """Read a file in this process; print what it took."""
    from hanrock_sk.features import read_transcript

    warnings.simplefilter("ignore")
    before, begun = resident("VmRSS"), time.perf_counter()
    rows = len(read_transcript(path))
    seconds = time.perf_counter() - begun
    print(1024 * (resident("VmHWM") - before), rows, seconds)


def main():
    """Measure each file in a process of its own; or be such a process."""
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=20)
    parser.add_argument("--only", nargs="*", default=[""], help="parts of names")
    options = parser.parse_args()
    print("file                       MB   talkturns   seconds   times its size")
    for name in (*long.NAMES, *SHORT, *OFFICE):
        if not any(part in name for part in options.only):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            size = write(path, int(options.megabytes * 1e6))
            command = [sys.executable, __file__, "--measure", str(path)]
            run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        peak, rows, seconds = map(float, run.stdout.split())
        print(
            f"{name:24} {size / 1e6:5.1f} {rows:11,.0f} {seconds:9.1f} "
            f"{peak / size:13.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
