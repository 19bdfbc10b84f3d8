-- Claims are the source of truth; beliefs, changes and reasons are the result of the fold and carry system time.
-- `body` holds the whole record as JSON; the other columns are what people ask about. Times are UTC.

CREATE TABLE runs (
    run_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, started_at TIMESTAMPTZ NOT NULL, finished_at TIMESTAMPTZ NOT NULL,
    outcome VARCHAR NOT NULL, new_articles INTEGER NOT NULL, new_claims INTEGER NOT NULL, new_changes INTEGER NOT NULL,
    digest VARCHAR NOT NULL, previous_digest VARCHAR NOT NULL
);

CREATE TABLE sources (
    topic VARCHAR NOT NULL, source VARCHAR NOT NULL, etag VARCHAR, last_modified VARCHAR, body_hash VARCHAR,
    last_success_at TIMESTAMPTZ, last_attempt_at TIMESTAMPTZ, failures INTEGER NOT NULL, last_error VARCHAR NOT NULL,
    last_new_at TIMESTAMPTZ
);

CREATE TABLE facts (
    topic VARCHAR NOT NULL, fact VARCHAR NOT NULL, meaning VARCHAR NOT NULL, relation VARCHAR NOT NULL,
    subject VARCHAR NOT NULL, object VARCHAR NOT NULL, value_kind VARCHAR NOT NULL
);

CREATE TABLE articles (
    version_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, url VARCHAR NOT NULL,
    outlet VARCHAR NOT NULL, title VARCHAR NOT NULL, text VARCHAR NOT NULL, lang VARCHAR NOT NULL,
    published_at TIMESTAMPTZ, published_from VARCHAR NOT NULL, modified_at TIMESTAMPTZ, fetched_at TIMESTAMPTZ NOT NULL,
    source VARCHAR NOT NULL, origin VARCHAR NOT NULL, tier INTEGER NOT NULL, unread VARCHAR NOT NULL,
    hashes BIGINT[] NOT NULL, run_id VARCHAR NOT NULL, system_from TIMESTAMPTZ NOT NULL, system_to TIMESTAMPTZ
);

CREATE TABLE claims (
    claim_id VARCHAR NOT NULL, version_id VARCHAR NOT NULL, article_id VARCHAR NOT NULL, topic VARCHAR NOT NULL,
    fact VARCHAR, relation VARCHAR NOT NULL, subject VARCHAR NOT NULL, object VARCHAR NOT NULL,
    value JSON, percent DOUBLE, amount DOUBLE, currency VARCHAR, date_from DATE, date_to DATE,
    stage VARCHAR NOT NULL, mention VARCHAR NOT NULL, attribution VARCHAR, sentence VARCHAR NOT NULL,
    outlet VARCHAR NOT NULL, source VARCHAR NOT NULL, tier INTEGER NOT NULL, origin VARCHAR NOT NULL,
    published_at TIMESTAMPTZ NOT NULL, extractor VARCHAR NOT NULL, body JSON NOT NULL,
    run_id VARCHAR NOT NULL, system_from TIMESTAMPTZ NOT NULL, system_to TIMESTAMPTZ
);

CREATE TABLE beliefs (
    belief_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, fact VARCHAR NOT NULL, track VARCHAR NOT NULL, measure VARCHAR,
    value JSON, percent DOUBLE, amount DOUBLE, currency VARCHAR, date_from DATE, date_to DATE, shown VARCHAR NOT NULL,
    stage VARCHAR NOT NULL, due_from DATE, due_to DATE, valid_from TIMESTAMPTZ NOT NULL, valid_to TIMESTAMPTZ,
    claim_id VARCHAR NOT NULL, origins INTEGER NOT NULL, last_confirmed TIMESTAMPTZ, contested BOOLEAN NOT NULL,
    body JSON NOT NULL, run_id VARCHAR NOT NULL, system_from TIMESTAMPTZ NOT NULL, system_to TIMESTAMPTZ
);

CREATE TABLE changes (
    change_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, fact VARCHAR NOT NULL, track VARCHAR NOT NULL,
    kind VARCHAR NOT NULL, old_shown VARCHAR NOT NULL, new_shown VARCHAR NOT NULL, old_value JSON, new_value JSON,
    claim_id VARCHAR NOT NULL, happened_at TIMESTAMPTZ NOT NULL, needs_review BOOLEAN NOT NULL, seq INTEGER NOT NULL,
    body JSON NOT NULL, run_id VARCHAR NOT NULL, system_from TIMESTAMPTZ NOT NULL, system_to TIMESTAMPTZ
);

CREATE TABLE reasons (
    claim_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, fact VARCHAR NOT NULL, reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL, run_id VARCHAR NOT NULL, system_from TIMESTAMPTZ NOT NULL, system_to TIMESTAMPTZ
);

CREATE TABLE alerts (
    alert_id VARCHAR NOT NULL, topic VARCHAR NOT NULL, change_id VARCHAR NOT NULL, fact VARCHAR NOT NULL,
    key VARCHAR NOT NULL, title VARCHAR NOT NULL, body VARCHAR NOT NULL, created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ, attempts INTEGER NOT NULL, last_error VARCHAR NOT NULL, run_id VARCHAR NOT NULL
);

CREATE TABLE reviews (
    review_id VARCHAR NOT NULL, claim_id VARCHAR NOT NULL, verdict VARCHAR NOT NULL, who VARCHAR NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL, undone BOOLEAN NOT NULL, note VARCHAR NOT NULL
);
