# `make` alone prints the targets. What you run is what CI runs.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(BIN)/python
STAMP := $(VENV)/.installed
PEERS := .venv-bench
PEERS_STAMP := $(PEERS)/.installed

.PHONY: help setup wheel demo test test-browser test-long check lint types checkov generate build deploy deploy-local mutants bench clean

help: ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## build .venv with the command `pillarwatch` in it

$(STAMP): pyproject.toml uv.lock bootstrap.sh
	@./bootstrap.sh $(VENV)
	@touch $@

wheel: setup ## build the wheel into dist, and print the release: tag and section of CHANGELOG.md
	@$(PYTHON) -m generators.build_wheel

demo: setup ## run the whole product on this machine; needs no AWS account
	@$(BIN)/pillarwatch demo

test: setup ## run the tests
	$(BIN)/pytest -n auto --dist worksteal

test-browser: setup ## open the review's page in headless Chromium; pictures of it are in .browser
	$(BIN)/pytest -n 0 tests/browser

test-long: setup ## play N sequences of alerts from sequence FIRST of a SEED
	@TABLE_NAME=table EVENT_BUS_NAME=bus AWS_DEFAULT_REGION=eu-west-1 \
		$(BIN)/python -m tests.aggregator.alert_sequences --count $(or $(N),2000) --first $(or $(FIRST),0) \
		$(if $(SEED),--seed $(SEED))

check: lint types test ## all that CI checks but the build
	$(BIN)/pillarwatch generate --check

lint: setup ## lint code, imports and templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/cfn-lint template.yaml */template.yaml dashboards/health.yaml dashboards/pillars.yaml rules/config_rules.yaml

types: setup ## check the types, strictly
	$(BIN)/mypy

checkov: $(PEERS_STAMP) ## evaluate our own templates with Checkov; .checkov.yaml lists what is skipped, and why
	$(PEERS)/bin/checkov --config-file .checkov.yaml

# Checkov's own environment: its dependencies are older than ours.
$(PEERS_STAMP): benchmarks/requirements.txt | setup
	@echo "Setting up $(PEERS)..."
	@[ -x $(PEERS)/bin/python ] || $(BIN)/uv venv --quiet --python $(BIN)/python $(PEERS)
	@$(BIN)/uv pip sync --quiet --python $(PEERS)/bin/python benchmarks/requirements.txt
	@touch $@

generate: setup ## write the files that follow from checks and settings
	$(BIN)/pillarwatch generate

build: setup ## build the Lambda packages with sam
	$(BIN)/sam validate --lint
	$(BIN)/sam build
	$(BIN)/python -m generators.lambda_package --verify .aws-sam/build

deploy: setup ## deploy to the AWS account and Region of your environment
	$(BIN)/pillarwatch preflight
	@$(MAKE) build
	$(BIN)/sam deploy

deploy-local: build ## deploy the build into a second AWS engine on this machine, and use it
	@$(BIN)/python -m tests.sam_deploy

mutants: setup ## test the tests: change a PACKAGE at N places, drawn by SEED; fail if no test notices one
	@$(BIN)/uv sync --locked --quiet --group mutants
	@$(BIN)/python -m tests.mutants $(addprefix --package ,$(PACKAGE)) --seed $(or $(SEED),1) -n $(or $(N),60)

bench: setup ## measure against the peers, side by side (ARGS=--write for docs/benchmarks.md)
	@./benchmarks/run $(ARGS)

clean: ## remove what was built
	rm -rf $(VENV) $(PEERS) .venv-deploy .aws-sam .deploy-local dist

# `sam build` calls these, one for each function, with ARTIFACTS_DIR set;
# `pillarwatch deploy` sets PYTHON to the one that it runs in.
build-EvaluatorFunction build-CollectorFunction build-ManagedRulesFunction build-ReleaseFunction:
	$(PYTHON) -m generators.lambda_package rules $(ARTIFACTS_DIR)

build-AggregatorFunction build-TickFunction build-ReconcileFunction:
	$(PYTHON) -m generators.lambda_package aggregator $(ARTIFACTS_DIR)

build-NotifyFunction:
	$(PYTHON) -m generators.lambda_package dashboards $(ARTIFACTS_DIR)
