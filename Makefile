# The few commands of the house. Each makes what it needs: nothing has to be installed by hand but Python 3.11 and make.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN = .venv/bin
PORT ?= 8000
export PORT

.PHONY: run test test-services faults check bench pictures catalogues schema lock clean

run: .venv/ready
	@$(BIN)/python manage.py start

test: .venv/ready-dev
	@$(BIN)/python -m tests.prepare
	@$(BIN)/python -m pytest $(ARGS)

# Every test again, on real servers (Debian, as root), then the search contract on the other version of Elasticsearch.
SERVERS = postgresql redis elasticsearch clamd s3
test-services: .venv/ready-dev
	@tests/services need nginx nginx-light
	@$(BIN)/python -m tests.prepare
	@tests/services with $(SERVERS) -- $(BIN)/python -m pytest $(ARGS)
	@tests/services with elasticsearch9 -- sh -c 'ELASTICSEARCH_URL=$$ELASTICSEARCH9_URL $(BIN)/python -m pytest tests/search'

# A scripted day while the servers are frozen and killed: `make faults MOMENTS=2` for a short one.
faults: .venv/ready-dev
	@tests/services need nginx nginx-light
	@$(BIN)/python -m tests.faults --moments $(or $(MOMENTS),10)

check: .venv/ready-dev
	@$(BIN)/python -m tests.gate

bench: .venv/ready-dev
	@$(BIN)/python -m tests.bench

pictures: .venv/ready-dev
	@$(BIN)/python -m tests.pictures

catalogues: .venv/ready-dev
	@$(BIN)/python manage.py catalogues update

schema: .venv/ready-dev
	@$(BIN)/python manage.py spectacular --file api/openapi.yaml

lock: .venv/ready-dev
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header requirements-dev.in -o requirements-dev.lock
	@$(BIN)/uv pip compile --quiet --generate-hashes --python-version 3.11 --no-header -c requirements-dev.lock requirements.in -o requirements.lock

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] == (3, 11) else "Python 3.11 is needed; make PYTHON=/path/to/python3.11 names one.")'
	@echo "Making .venv"
	@$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python requirements.lock
	@echo "Installing what the platform runs on (requirements.lock)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	@echo "Installing what tests need (requirements-dev.lock)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv build var
