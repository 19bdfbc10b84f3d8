-- What lets the store prove itself (storage/proof.py): `digest` hashes a row as it was written ('' where it was written
-- before this migration), `ended_by` is the run that set `system_to`, `run_tables` says what each run did to each table.
-- `period` counts how often the same version or claim stood before; `known_at` is when a change was first on the ledger.

CREATE TABLE run_tables (
    run_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, added BIGINT NOT NULL, ended BIGINT NOT NULL,
    digest VARCHAR NOT NULL
);

-- Articles whose text was dropped to save space (storage/backup.py): their rows no longer hash to their digest.
CREATE TABLE trimmed (
    topic VARCHAR NOT NULL, version_id VARCHAR NOT NULL, trimmed_at TIMESTAMPTZ NOT NULL
);

ALTER TABLE runs ADD COLUMN seq BIGINT;
UPDATE runs SET digest = '';
UPDATE runs SET seq = numbered.seq FROM (
    SELECT run_id, row_number() OVER (ORDER BY finished_at, rowid) AS seq FROM runs
) numbered WHERE runs.run_id = numbered.run_id;

ALTER TABLE articles ADD COLUMN ended_by VARCHAR;
ALTER TABLE articles ADD COLUMN period INTEGER DEFAULT 0;
ALTER TABLE articles ADD COLUMN digest VARCHAR DEFAULT '';
ALTER TABLE claims ADD COLUMN ended_by VARCHAR;
ALTER TABLE claims ADD COLUMN period INTEGER DEFAULT 0;
ALTER TABLE claims ADD COLUMN digest VARCHAR DEFAULT '';
ALTER TABLE beliefs ADD COLUMN ended_by VARCHAR;
ALTER TABLE beliefs ADD COLUMN digest VARCHAR DEFAULT '';
ALTER TABLE changes ADD COLUMN known_at TIMESTAMPTZ;
ALTER TABLE changes ADD COLUMN ended_by VARCHAR;
ALTER TABLE changes ADD COLUMN digest VARCHAR DEFAULT '';
ALTER TABLE reasons ADD COLUMN reason_id VARCHAR;
ALTER TABLE reasons ADD COLUMN seq INTEGER DEFAULT 0;
ALTER TABLE reasons ADD COLUMN ended_by VARCHAR;
ALTER TABLE reasons ADD COLUMN digest VARCHAR DEFAULT '';
ALTER TABLE alerts ADD COLUMN digest VARCHAR DEFAULT '';
UPDATE changes SET known_at = system_from;
UPDATE reasons SET reason_id = left(sha256(concat_ws(chr(31), topic, claim_id, fact, reason, detail)), 20);

CREATE OR REPLACE VIEW change_feed AS
SELECT ch.topic, ch.happened_at, ch.fact, ch.track, ch.kind, ch.old_shown AS old_text, ch.new_shown AS new_text,
       ch.needs_review, c.stage, c.sentence, c.outlet, a.url, c.published_at, ch.known_at, ch.change_id, ch.claim_id,
       ch.seq
FROM changes ch
LEFT JOIN claims c ON c.topic = ch.topic AND c.claim_id = ch.claim_id AND c.period = 0
LEFT JOIN articles a ON a.topic = c.topic AND a.version_id = c.version_id AND a.period = 0
WHERE ch.system_to IS NULL;

CREATE OR REPLACE VIEW evidence_chain AS
SELECT c.topic, c.fact, c.published_at, c.outlet, c.tier, c.stage, c.mention, c.value, c.sentence, c.attribution, a.url,
       CASE WHEN c.system_to IS NOT NULL THEN 'withdrawn' ELSE r.reason END AS did, r.detail, c.claim_id, c.version_id,
       c.extractor, c.system_from AS known_at, c.system_to AS withdrawn_at
FROM claims c
LEFT JOIN reasons r ON r.topic = c.topic AND r.claim_id = c.claim_id AND r.system_to IS NULL AND c.system_to IS NULL
LEFT JOIN articles a ON a.topic = c.topic AND a.version_id = c.version_id AND a.period = 0;

CREATE OR REPLACE VIEW source_health AS
SELECT s.topic, s.source, s.last_success_at, s.last_attempt_at, s.failures, s.last_error, s.last_new_at,
       count(a.version_id) AS articles, count(a.version_id) FILTER (WHERE a.unread <> '') AS unread
FROM sources s LEFT JOIN articles a ON a.topic = s.topic AND a.source = s.source AND a.period = 0
GROUP BY ALL;

CREATE OR REPLACE VIEW review_precision AS
SELECT c.topic, c.fact, c.source, count(*) FILTER (WHERE r.verdict = 'accept') AS accepted,
       count(*) FILTER (WHERE r.verdict = 'reject') AS rejected,
       count(*) FILTER (WHERE r.verdict = 'accept') / count(*) AS accepted_share
FROM (
    SELECT claim_id, arg_max(verdict, decided_at) AS verdict FROM reviews
    WHERE NOT undone AND verdict IN ('accept', 'reject') GROUP BY claim_id
) r
JOIN claims c ON c.claim_id = r.claim_id AND c.period = 0
GROUP BY ALL;
