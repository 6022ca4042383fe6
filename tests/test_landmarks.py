"""Files and commands are recognised by what they look like, and nothing else is."""

import pytest

from scaffold.reading.landmarks import is_command, is_file_label, is_path, landmarks, paths


@pytest.mark.parametrize(
    "text",
    ["a/b.py", "src/", "README.md", "docs/*.md", "./run.sh", "~/x.toml", "<name>/y.json", "a.py:12", "/etc/x", "../up"],
)
def test_paths(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize(
    "text", ["", "/", "a b/c.py", "module.function", "2.3", "f()", "--flag", "and/or maybe", "x = a/b.py"]
)
def test_no_paths(text: str) -> None:
    assert not is_path(text)


@pytest.mark.parametrize("text", ["pytest -q", "$ make", "python -m x", "./run.sh now", "git log", "ls"])
def test_commands(text: str) -> None:
    assert is_command(text)


@pytest.mark.parametrize("text", ["pythonic", "x = 1", "makefile", "echo", "# ls"])
def test_no_commands(text: str) -> None:
    assert not is_command(text)


@pytest.mark.parametrize(
    "key", ["file", "files", "test file", "file location", "script path", "location", "validation script"]
)
def test_labels_for_files(key: str) -> None:
    assert is_file_label(key)


@pytest.mark.parametrize("key", ["files to create", "profile", "what", "file size", "the test file here"])
def test_no_labels_for_files(key: str) -> None:
    assert not is_file_label(key)


def test_landmarks_are_paths_and_commands_in_code_spans_and_short_shell_blocks() -> None:
    words = "In `a.py`, ``b.py`` and `x.y`: `make it`, `make`."
    text = f"{words}\n\n```bash\n# first\nls a  \n$ no\n```\n\n```sh\n$ pytest x\n1 passed\n```\n"

    assert landmarks(text) == ("a.py", "b.py", "make it", "pytest x")
    assert paths(f"{text}\n```\n`c.py`\n```\n") == ("a.py", "b.py")


def test_a_script_a_wrapped_command_and_another_language_are_no_commands() -> None:
    script = "```bash\n" + "ls\n" * 4 + "```"

    assert landmarks(f"{script}\n\n```bash\nls \\\n a\n```\n\n```python\nmake = 1\n```\n") == ()
