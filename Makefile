# Everything a person does with SleepSync: `make help` lists it.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
AREA ?=
NIGHT ?=
SEED ?= 1
SET ?=
TO ?=
BOARD ?= esp32s3_devkitc
PORT ?=
IMAGE ?=
SHA256 ?=
RESCUE ?=
COPY ?=
ERASE ?=
SPEED ?= 1

VM32 := host/vm32/node_modules
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup run sim-repl puck repl logs selftest test bench listen data build flash update lint lock clean

help: ## this list
	@echo "SleepSync: make TARGET [NAME=value]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(VENV)/.ready $(VM32)/.ready ## make .venv (then .venv/bin/sleepsync exists) and the 32-bit VM

run: $(VENV)/.ready ## a night on the simulated puck, ending in a report  [NIGHT=../shared/data/slpdb/slp03 SEED=1]
	@$(BIN)/sleepsync run $(if $(NIGHT),--night "$(NIGHT)") --seed $(SEED)

sim-repl: $(VENV)/.ready ## a simulated puck to type at, its night in real time  [SEED=1 SPEED=1]
	@$(BIN)/sleepsync sim-repl --seed $(SEED) --speed $(SPEED)

puck: $(VENV)/.ready ## a simulated puck to see, press, hear and reach by Bluetooth  [SEED=1 SPEED=1]
	@$(BIN)/sleepsync puck --seed $(SEED) --speed $(SPEED)

repl: $(VENV)/.ready ## type at a board's console  [PORT=/dev/ttyACM0]
	@$(BIN)/sleepsync repl $(if $(PORT),--port "$(PORT)")

logs: $(VENV)/.ready ## follow what a board prints, without disturbing it  [PORT=/dev/ttyACM0]
	@$(BIN)/sleepsync logs $(if $(PORT),--port "$(PORT)")

selftest: $(VENV)/.ready ## test every part of a board; ends its night  [PORT=/dev/ttyACM0]
	@$(BIN)/sleepsync selftest $(if $(PORT),--port "$(PORT)")

test: setup ## every test, or those of one area  [AREA=night]
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --config-file .mypy-puck.ini --custom-typeshed-dir $$($(BIN)/python -c "import sysconfig; print(sysconfig.get_path(\"purelib\"))") firmware lib hw/board.py hw/archive.py hw/trial.py boot.py main.py
	@$(BIN)/pytest -q -n $(JOBS) --dist loadfile tests_host$(if $(AREA),/$(AREA))

bench: setup ## every figure the README quotes, one a line  [AREA=night]
	@$(BIN)/sleepsync bench $(if $(AREA),--area $(AREA))

listen: $(VENV)/.ready ## hear and see every scene: listen/index.html
	@$(BIN)/sleepsync listen

data: $(VENV)/.ready ## fetch open data about real people from their origin  [SET=slpdb TO=folder]
	@$(BIN)/sleepsync data $(if $(TO),--to "$(TO)") $(SET)

build: $(VENV)/.ready ## what a board runs, and its images, in build/; fails past a budget  [BOARD=esp32s3_devkitc]
	@$(BIN)/sleepsync build --board "$(BOARD)"

flash: $(VENV)/.ready ## bring it onto a board  [IMAGE=path-or-URL SHA256=hex PORT= BOARD= RESCUE=file ERASE=1, or COPY=1]
	@$(BIN)/sleepsync flash --board "$(BOARD)" $(if $(PORT),--port "$(PORT)") \
	  $(if $(IMAGE),--image "$(IMAGE)") $(if $(SHA256),--sha256 "$(SHA256)") \
	  $(if $(RESCUE),--rescue "$(RESCUE)") $(if $(COPY),--copy) $(if $(ERASE),--erase)

update: $(VENV)/.ready ## a new version onto a puck that runs; a bad one is taken back  [PORT=/dev/ttyACM0]
	@$(BIN)/sleepsync update $(if $(PORT),--port "$(PORT)")

lint: $(VENV)/.ready ## format and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: $(VENV)/.ready ## choose dependencies anew; writes requirements.lock
	@$(BIN)/pip-compile -q --extra dev --generate-hashes --allow-unsafe --strip-extras --no-header \
	  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements.lock pyproject.toml

clean: ## forget builds, nights and what was rendered; .venv stays
	rm -rf build listen nights

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SleepSync needs Python 3.11 or newer; this is " + sys.version)'
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here: apt-get install python3-venv"; exit 1; }
	@$(BIN)/pip install -q --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VM32)/.ready: host/vm32/package-lock.json
	@command -v node >/dev/null || { echo "The 32-bit VM needs Node 20 or newer: apt-get install nodejs npm"; exit 1; }
	@npm ci --silent --prefix host/vm32
	@touch $@
