"""What the page on writing templates shows of the window that watches, from the command that it names."""

import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Scaffold

ROOT = Path(__file__).parent.parent
TIME = re.compile(r"^\d\d:\d\d:\d\d", re.MULTILINE)
PATIENCE = 50
"""Seconds after which what is waited for will not come."""


def test_the_window_that_watches_shows_what_the_page_says_when_the_page_s_file_is_saved(
    tmp_path: Path, scaffold: Scaffold
) -> None:
    page = (ROOT / "docs/writing-templates.md").read_text("utf-8")
    (command,) = re.findall(r"^    scaffold (preview .* --watch)$", page, re.MULTILINE)
    ((name, content),) = re.findall(r"^`(\S+)`:\n\n```jinja\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (expected,) = re.findall(r"^```text\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    root = tmp_path / "workspace"
    shutil.copytree(ROOT / "docs/example-teams", root)
    assert scaffold("executions", root / "TOOL-LIBRARY", "--batch", "--yes").code == 0
    screen = tmp_path / "screen"
    with screen.open("w") as out:
        window = subprocess.Popen(
            [sys.executable, "-m", "scaffold", *command.split()], cwd=root, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        wait_for(screen, "Watching")
        (root / name).write_text(content, "utf-8")
        wait_for(screen, "## Execution Instructions")
    finally:
        window.send_signal(signal.SIGINT)
        code = window.wait(PATIENCE)
    shown = screen.read_text("utf-8")
    assert (code, TIME.sub("", shown).rstrip()) == (0, TIME.sub("", expected).rstrip())


def wait_for(screen: Path, text: str) -> None:
    ends = time.monotonic() + PATIENCE
    while text not in screen.read_text("utf-8") and time.monotonic() < ends:
        time.sleep(0.05)
