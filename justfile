# Short names for what people type here; `just` lists them. .ci/run is what decides.

default:
    @just --list

# the tests, as the README has them
test *args:
    uv run pytest {{args}}

# the long campaigns
slow:
    uv run pytest -m slow

# lint, format, types, import contracts
lint:
    uv run ruff check
    uv run ruff format --check
    uv run mypy --strict
    uv run lint-imports

# format in place
format:
    uv run ruff check --fix
    uv run ruff format

# the product on recorded news
demo *args:
    uv run factdrift demo {{args}}

# the reader's score on the labelled news
score *args:
    uv run factdrift eval seeds/recorded/nissan-renault.pages.jsonl tests/corpus/alliance.gold.jsonl {{args}}

# raise the extraction floors to what is reached now (never lowers one)
raise-floors:
    uv run python tests/raise_floors.py

# everything that must hold
ci:
    .ci/run
