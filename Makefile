# Set-up happens by itself: every target builds .venv when pyproject.toml changed, and reuses it otherwise.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: help setup test check demo bench crash filesystems clean

help:
	@echo "make demo    set up, then the main job on the bundled plan: preview, creation, one created file"
	@echo "make test    set up, then all tests with branch coverage, in as many processes as there are cores"
	@echo "make check   set up, then ruff and mypy --strict"
	@echo "make bench   how fast it is, against partners that do the same work; BENCH=\"--before DIR --large\" (docs/speed.md)"
	@echo "make crash   break the command at system calls (needs strace and a harness), a sample of them"
	@echo "make filesystems  the transaction's tests on images of other file systems, as root; FS=\"btrfs xfs ext4 tmpfs exfat vfat\""
	@echo "make clean   remove .venv and every cache"

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "scaffold needs Python 3.11 or newer; this is $$($(PYTHON) --version). Name another: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv (once, about half a minute) ..."
	@rm -rf .venv
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

test: $(READY)
	@$(BIN)/python -m pytest --quiet --numprocesses=auto --dist=worksteal --cov --cov-report=term

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

demo: $(READY)
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT && cp -R docs/example/RECIPE-BOX "$$scratch" && \
	PATH="$(CURDIR)/$(BIN):$$PATH" && cd "$$scratch/RECIPE-BOX" && set -e && \
	echo '$$ scaffold executions --batch --yes' && scaffold executions --batch --yes && \
	echo && echo '$$ cat execution/EXECUTION_TASK_RECIPE-BOX_12_01.md' && \
	cat execution/EXECUTION_TASK_RECIPE-BOX_12_01.md
	@echo
	@echo "That was done in a copy, which is removed again. To go on by hand, in a copy that stays:"
	@echo
	@echo '    cd "$$(mktemp -d)" && cp -R "$(CURDIR)/docs/example/RECIPE-BOX" . && cd RECIPE-BOX'
	@echo '    PATH="$(CURDIR)/$(BIN):$$PATH"'
	@echo "    scaffold status"
	@echo "    scaffold executions --batch"
	@echo
	@echo "The last one asks. Then look around with: scaffold menu"
	@echo
	@echo "Next: README.md, Install, then the first minute on a plan of your own."

# What it takes: not part of the tests, because it wants a machine that does nothing else.
bench: $(READY)
	@$(BIN)/python -m tests.bench $(BENCH)

# Breaks the command at system calls and checks that nothing is lost. The harness is not part of this project.
CRASHTEST ?= ../shared/crash/crashtest.py
CRASH_ARGS ?= --modes kill,enospc,tamper,powercut --max 20 --pc-max 20

crash: $(READY)
	@test -f "$(CRASHTEST)" || { echo "no harness at $(CRASHTEST): name one with make crash CRASHTEST=…"; exit 1; }
	@command -v strace >/dev/null || { echo "make crash needs strace"; exit 1; }
	@$(BIN)/python "$(CRASHTEST)" --fixture docs/example/RECIPE-BOX --allow .scaffold --allow-tmp --exit-policy honest \
	  --rerun --recover "$(CURDIR)/$(BIN)/python -m scaffold recover ." --jobs 2 $(CRASH_ARGS) -- \
	  "$(CURDIR)/$(BIN)/python" -m scaffold executions . --batch --yes

# btrfs unless FS names others; where what FS names cannot be mounted, that is a failure.
filesystems: $(READY)
	@sh tests/filesystems.sh $(BIN)/python $(FS)

clean:
	@rm -rf .venv .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache dist build
