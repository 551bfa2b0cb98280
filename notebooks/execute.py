"""Runs notebooks from beginning to end and prints what they say.

    python execute.py explore.ipynb replicate.ipynb

An error in a notebook ends the run with exit status 1. The files stay as they are.
"""
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

for path in map(Path, sys.argv[1:]):
    print(f"--- {path.name}", flush=True)
    notebook = nbformat.read(path, as_version=4)
    try:
        NotebookClient(notebook, timeout=1800, resources={"metadata": {"path": str(path.parent)}}).execute()
    except CellExecutionError as error:
        sys.exit(f"{path.name}: {error}")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stdout":
                print(output.text, end="")
