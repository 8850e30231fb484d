# The ways to build, run and check Farebox. `make run` is all a first look needs.
#
# Always `--workspace` and never `--release`: Cargo.toml has one optimised profile for everything, and the
# whole workspace unifies its features alike, so that RocksDB (20 to 25 minutes on two cores) is compiled
# once. CARGO_TARGET_DIR and RUSTC_WRAPPER (sccache) are used where they are set.

SHELL := /bin/bash
# For whoever has installed Rust but not yet opened a new shell.
export PATH := $(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin

target := $(or $(CARGO_TARGET_DIR),target)
tools := $(HOME)/.cache/farebox/tools
# What Farebox is compared with, as packages and what they bring.
ledgers := 'postgresql=/usr/lib/postgresql/*/bin/postgres' redis-server=redis-server

# A minute or two: enough to see whether something has become slow, too short for figures to publish.
short_set := set --seconds 3 --warmup 1 --million 100000 --preload 3000000 --table $(target)/loadtest/table.md \
	--json $(target)/loadtest/report.json --html $(target)/loadtest/report.html

.PHONY: help run build ui test browser screenshot types crash year peers prometheus lint deny bench instructions bench-usage real loadtest ledgers ledgers-smoke setup

help:
	@echo 'make run       build, then serve a sandbox with a funded wallet on 127.0.0.1:8080'
	@echo 'make test      all tests but the crash tests, the peers, Prometheus and the year'
	@echo 'make ui        build the wallet page (Node.js 20.19 or newer); the next build embeds it'
	@echo 'make browser   the wallet page in Chromium, against the real binary on a test clock'
	@echo 'make screenshot  take the picture of the wallet page in docs/wallet.png anew'
	@echo 'make types     the types of the interface for the wallet page, from the binary'
	@echo 'make crash     kill -9 under load, damaged and full disks: minutes rather than seconds'
	@echo 'make year      a year of 10,000 wallets on the test clock with kills, against a naive model: minutes'
	@echo 'make peers     payments, exports and Arrow streams beside implementations that are not ours (PyPI, LibreOffice)'
	@echo 'make prometheus  a real Prometheus scrapes a running engine: dashboard, alerts, metrics, logs'
	@echo 'make lint      formatting, clippy and (where cargo-deny is installed) licences and sources'
	@echo 'make deny      the same with cargo-deny, which is installed first where it is missing'
	@echo 'make bench     criterion benchmarks'
	@echo 'make instructions  instructions of a thousand events, stage by stage, with Valgrind; fails above their limits'
	@echo 'make bench-usage  usage and exports over a large store; how large by ARGS="--events N"'
	@echo 'make real      meter the real messages of ../shared/data (or DATA=DIR) and audit every charge'
	@echo 'make loadtest  a short set of load tests, report in $(target)/loadtest; another run by ARGS="run hot --seconds 60"'
	@echo 'make ledgers   the same events into Farebox, PostgreSQL and Redis: half an hour; options by ARGS="..."'
	@echo 'make ledgers-smoke  the same in two minutes: every outcome and balance, no bounds of speed'

run: build
	exec $(target)/debug/farebox serve --sandbox $(ARGS)

build: setup
	@scripts/ui.sh
	cargo build --workspace

ui:
	@scripts/ui.sh --must

test: build
	@# Real messages, metered and audited: a slice that the project makes itself, and the whole where it is there.
	scripts/with_engine.sh $(target) $(target)/debug/loadtest real --slice
	scripts/with_engine.sh $(target) $(target)/debug/loadtest real
	@# --show-output: a test that lacks what it needs says so under its name.
	cargo test --workspace -- --show-output

# FAREBOX_BROWSER_MESSAGES says how many messages the wallet of a year has: 100,000 where it does not.
browser: ui build
	cd ui && npm run --silent check
	scripts/browser.sh $(target)

screenshot: ui build
	node ui/browser/screenshot.mjs $(target)/debug/farebox $$(scripts/chromium.sh)

types: build
	node ui/scripts/types.mjs $(target)/debug/farebox

crash: setup
	cargo test --workspace --test crash -- --show-output

# FAREBOX_YEAR_WALLETS, FAREBOX_YEAR_KILLS and FAREBOX_SEED say how many, how often and which.
year: setup
	cargo test --workspace --test year -- --nocapture

peers: setup
	scripts/peers.sh
	scripts/debian.sh libreoffice-calc-nogui=soffice
	cargo test --workspace --test peers -- --show-output

prometheus: setup
	scripts/debian.sh prometheus=promtool
	cargo test --workspace --test watch -- --show-output

lint: setup
	cargo fmt --all -- --check
	cargo clippy --workspace --all-targets -- -D warnings
	@# All targets are not those that `cargo test` leaves out.
	cargo clippy --workspace --test crash --test peers --test watch --test year --bench instructions -- -D warnings
	@if command -v cargo-deny >/dev/null 2>&1; then cargo deny --workspace check bans licenses sources; \
	else echo 'lint: cargo-deny is not installed, licences and sources were not checked (make deny)'; fi

# With folders of its own: other features of shared crates must not reach the project's target folder.
deny: $(tools)/bin/cargo-deny
	$(tools)/bin/cargo-deny --workspace check bans licenses sources

$(tools)/bin/cargo-deny:
	CARGO_TARGET_DIR=$(tools)/target cargo install cargo-deny --locked --root $(tools)

bench: setup
	cargo bench --workspace --profile dev

# Limits of what may be needed stand in benches/instructions.rs.
instructions: setup $(tools)/bin/gungraun-runner
	@scripts/debian.sh valgrind=valgrind
	@if command -v valgrind >/dev/null; then \
		GUNGRAUN_RUNNER=$(tools)/bin/gungraun-runner cargo bench --workspace --profile dev --bench instructions; \
	else echo 'instructions: skipped, Valgrind is missing'; fi

$(tools)/bin/gungraun-runner:
	CARGO_TARGET_DIR=$(tools)/target cargo install gungraun-runner --version 0.20.0 --locked --root $(tools)

bench-usage: build
	$(target)/debug/loadtest usage $(ARGS)

real: build
	scripts/with_engine.sh $(target) $(target)/debug/loadtest real $(if $(DATA),--data $(DATA)) $(ARGS)

loadtest: build
	$(target)/debug/loadtest $(or $(ARGS),$(short_set))

ledgers: build
	scripts/debian.sh $(ledgers)
	$(target)/debug/loadtest peers $(ARGS)

ledgers-smoke: build
	scripts/debian.sh $(ledgers)
	$(target)/debug/loadtest peers --runs 1 --seconds 3 --warmup 1 --trial 0

setup:
	@scripts/setup.sh
