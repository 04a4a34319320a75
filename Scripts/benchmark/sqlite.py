"""The SQLite library alone, writing the same rows."""

import subprocess
import tempfile

from benchmark import run


def build(folder, name, *libraries):
    """A program in C beside this file, built once."""
    program = folder / name
    if not program.exists():
        subprocess.run(["cc", "-O2", "-o", program, run.FOLDER / f"{name}.c", *libraries], check=True)
    return program


def rate(folder, operation):
    """Operations a second."""
    program = build(folder, "sqlite_groups", "-lsqlite3")
    schema = "\n".join(file.read_text() for file in sorted((run.ROOT / "Schema/sql").glob("*.sql")))
    with tempfile.TemporaryDirectory(dir=folder) as fresh:
        shown = subprocess.run([program, f"{fresh}/db", str(run.SECONDS), schema, operation],
                               capture_output=True, text=True, check=True)
    return float(shown.stdout)
