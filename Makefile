# Every target prints its figures last. `make help` lists them.
.DEFAULT_GOAL := help
BINARY := build/release/trainyard

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'

.PHONY: build
build: ## Set up and build the optimised executable
	deploy/setup
	cmake --preset release
	cmake --build --preset release --target trainyard

.PHONY: test
test: ## Set up, build and pass every test
	tests/run

.PHONY: demo
demo: ## Train the sample data, live in the terminal and in a browser
	deploy/quickstart

.PHONY: race-jobs
race-jobs: build ## Race no-op jobs against River on the same PostgreSQL
	deploy/setup --tests
	cmake --build --preset release --target trainyard_load_client
	loadtest/race/run $(RACE)

.PHONY: idle
idle: build ## Memory, CPU and queries of an idle Trainyard; cold start
	deploy/setup --tests
	loadtest/coldstart
	loadtest/idle

.PHONY: faults
faults: build ## 5,000 jobs while every part is killed, frozen and restarted
	deploy/setup --tests
	python3 -B tests/faults/run_faults.py --binary $(BINARY) --jobs $(or $(JOBS),5000) --over 240 --pause 3

.PHONY: scenarios
scenarios: build ## Thirteen named faults and pressures, each on a fleet of its own: ONLY=…
	deploy/setup --tests
	python3 -B tests/faults/run_scenarios.py --binary $(BINARY) $(if $(ONLY),--only $(ONLY))

.PHONY: finished
finished: build ## What ten million finished jobs in PostgreSQL cost the next one: FINISHED="--rounds 3"
	deploy/setup --tests
	cmake --build --preset release --target trainyard_load_client
	loadtest/finished $(FINISHED)

.PHONY: limits
limits: build ## What a cap on concurrency costs
	deploy/setup --tests
	cmake --build --preset release --target trainyard_load_client
	loadtest/limits $(LIMITS)

.PHONY: fairness
fairness: build ## Waits beside another user's flood, and of a low priority; with a plot
	loadtest/fairness

.PHONY: simulate
simulate: ## The job protocol in 100,000 simulated fleets (SEEDS=…), whose every part fails
	deploy/setup --tests
	cmake --preset release -DTRAINYARD_TESTS=ON
	cmake --build --preset release --target trainyard_tests_simulation
	TRAINYARD_TEST_SEEDS=$(or $(SEEDS),100000) build/release/tests/simulation/trainyard_tests_simulation

.PHONY: adversarial
adversarial: ## Send awkward series through every model: SERIES=100000
	deploy/setup --tests
	cmake --preset release -DTRAINYARD_TESTS=ON
	cmake --build --preset release --target trainyard_adversarial
	build/release/tests/adversarial/trainyard_adversarial --series $(or $(SERIES),10000)

FUZZED := series saved_models requests
.PHONY: fuzz
fuzz: ## Fuzz models, saved models and requests for SECONDS=600 each, from where it ended before
	deploy/setup --tests
	cmake --preset asan-ubsan -DTRAINYARD_TESTS=ON
	cmake --build --preset asan-ubsan --target $(FUZZED:%=trainyard_fuzz_%)
	for target in $(FUZZED); do \
	  python3 -B tests/fuzz/run.py build/asan-ubsan/tests/fuzz/trainyard_fuzz_$$target \
	    --seconds $(or $(SECONDS),600) --corpus build/fuzz/$$target || exit 1; \
	done

.PHONY: stops
stops: ## How soon each model honours a stop request, in CPU milliseconds
	cmake --preset release
	cmake --build --preset release --target trainyard_loadtest_stops
	build/release/loadtest/models/trainyard_loadtest_stops $(REQUESTS)

.PHONY: bench-models
bench-models: build ## Time every forecasting model, single thread
	cmake --build --preset release --target trainyard_loadtest_models
	build/release/loadtest/models/trainyard_loadtest_models
