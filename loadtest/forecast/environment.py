"""The Python environment of the measuring programs, made on first use below build/."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"


def enter():
    """Runs this program again inside the environment of requirements.txt, unless it is there."""
    home = ROOT / "build/forecast-peers"
    python = home / "bin/python"
    if Path(sys.prefix) == home:
        return
    made = home / "requirements.txt"
    if not made.exists() or made.read_text() != REQUIREMENTS.read_text():
        print(f"installing {REQUIREMENTS.name} into {home}", file=sys.stderr)
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", REQUIREMENTS], check=True)
        made.write_text(REQUIREMENTS.read_text())
    raise SystemExit(subprocess.run([python, *sys.argv]).returncode)
