-- Reviews and tracked slots enter the hash chain (storage/proof.py). A review is a row that is added and never changed;
-- taking one back is a row of its own, which names in `undoes` the review it takes back: who did it, and when, is kept.
-- What was decided before this migration has no digest and no run. `facts` keeps its history as beliefs do.

CREATE TABLE decided (
    topic VARCHAR NOT NULL, review_id VARCHAR NOT NULL, claim_id VARCHAR NOT NULL, verdict VARCHAR NOT NULL,
    who VARCHAR NOT NULL, decided_at TIMESTAMPTZ NOT NULL, note VARCHAR NOT NULL, undoes VARCHAR, run_id VARCHAR,
    digest VARCHAR DEFAULT ''
);
INSERT INTO decided BY NAME
SELECT coalesce((SELECT min(c.topic) FROM claims c WHERE c.claim_id = r.claim_id), '') AS topic, r.review_id,
       r.claim_id, r.verdict, r.who, r.decided_at, r.note
FROM reviews r;
INSERT INTO decided BY NAME
SELECT coalesce((SELECT min(c.topic) FROM claims c WHERE c.claim_id = r.claim_id), '') AS topic,
       r.review_id || '-undo' AS review_id, r.claim_id, 'undo' AS verdict, '' AS who, r.decided_at, '' AS note,
       r.review_id AS undoes
FROM reviews r WHERE r.undone;
DROP TABLE reviews;
ALTER TABLE decided RENAME TO reviews;

ALTER TABLE facts ADD COLUMN run_id VARCHAR;
ALTER TABLE facts ADD COLUMN system_from TIMESTAMPTZ;
ALTER TABLE facts ADD COLUMN system_to TIMESTAMPTZ;
ALTER TABLE facts ADD COLUMN ended_by VARCHAR;
ALTER TABLE facts ADD COLUMN digest VARCHAR DEFAULT '';

CREATE VIEW review_log AS
SELECT r.topic, c.fact, r.claim_id, r.verdict, r.who, r.decided_at, r.note, u.who AS undone_by, u.decided_at AS undone_at,
       c.sentence, c.outlet, r.review_id
FROM reviews r
LEFT JOIN reviews u ON u.topic = r.topic AND u.undoes = r.review_id
LEFT JOIN claims c ON c.topic = r.topic AND c.claim_id = r.claim_id AND c.period = 0
WHERE r.verdict <> 'undo';

CREATE OR REPLACE VIEW review_precision AS
SELECT c.topic, c.fact, c.source, count(*) FILTER (WHERE r.verdict = 'accept') AS accepted,
       count(*) FILTER (WHERE r.verdict = 'reject') AS rejected,
       count(*) FILTER (WHERE r.verdict = 'accept') / count(*) AS accepted_share
FROM (
    SELECT topic, claim_id, arg_max(verdict, (decided_at, review_id)) AS verdict FROM review_log
    WHERE undone_at IS NULL AND verdict IN ('accept', 'reject') GROUP BY ALL
) r
JOIN claims c ON c.topic = r.topic AND c.claim_id = r.claim_id AND c.period = 0
GROUP BY ALL;

CREATE OR REPLACE VIEW fact_now AS
SELECT b.topic, b.fact, f.meaning, b.track, b.measure, b.shown AS value_text, b.value, b.percent, b.amount, b.currency,
       b.stage, b.due_from, b.due_to, b.valid_from AS since, b.last_confirmed, b.origins, b.contested, b.claim_id
FROM beliefs b LEFT JOIN facts f ON f.topic = b.topic AND f.fact = b.fact AND f.system_to IS NULL
WHERE b.system_to IS NULL AND b.valid_to IS NULL;
