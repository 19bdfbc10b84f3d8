-- What analysts ask: documented in docs/sql.md, column by column.

CREATE VIEW fact_now AS
SELECT b.topic, b.fact, f.meaning, b.track, b.measure, b.shown AS value_text, b.value, b.percent, b.amount, b.currency,
       b.stage, b.due_from, b.due_to, b.valid_from AS since, b.last_confirmed, b.origins, b.contested, b.claim_id
FROM beliefs b LEFT JOIN facts f USING (topic, fact)
WHERE b.system_to IS NULL AND b.valid_to IS NULL;

CREATE VIEW fact_history AS
SELECT b.topic, b.fact, b.track, b.measure, b.shown AS value_text, b.value, b.percent, b.amount, b.currency, b.stage,
       b.due_from, b.due_to, b.valid_from, b.valid_to, b.system_from, b.system_to, b.origins, b.contested, b.claim_id
FROM beliefs b;

CREATE VIEW change_feed AS
SELECT ch.topic, ch.happened_at, ch.fact, ch.track, ch.kind, ch.old_shown AS old_text, ch.new_shown AS new_text, ch.needs_review,
       c.stage, c.sentence, c.outlet, a.url, c.published_at, ch.system_from AS known_at, ch.change_id, ch.claim_id, ch.seq
FROM changes ch
LEFT JOIN claims c USING (claim_id)
LEFT JOIN articles a ON a.version_id = c.version_id
WHERE ch.system_to IS NULL;

CREATE VIEW evidence_chain AS
SELECT c.topic, c.fact, c.published_at, c.outlet, c.tier, c.stage, c.mention, c.value, c.sentence, c.attribution, a.url,
       r.reason AS did, r.detail, c.claim_id, c.version_id, c.extractor, c.system_from AS known_at, c.system_to AS withdrawn_at
FROM claims c
LEFT JOIN reasons r ON r.claim_id = c.claim_id AND r.system_to IS NULL
LEFT JOIN articles a ON a.version_id = c.version_id;

CREATE VIEW reason_counts AS
SELECT topic, fact, reason, count(*) AS claims FROM reasons WHERE system_to IS NULL GROUP BY ALL;

CREATE VIEW source_health AS
SELECT s.topic, s.source, s.last_success_at, s.last_attempt_at, s.failures, s.last_error, s.last_new_at,
       count(a.version_id) AS articles, count(a.version_id) FILTER (WHERE a.unread <> '') AS unread
FROM sources s LEFT JOIN articles a ON a.topic = s.topic AND a.source = s.source
GROUP BY ALL;

CREATE VIEW review_precision AS
SELECT c.topic, c.fact, c.source, count(*) FILTER (WHERE r.verdict = 'accept') AS accepted,
       count(*) FILTER (WHERE r.verdict = 'reject') AS rejected,
       count(*) FILTER (WHERE r.verdict = 'accept') / count(*) AS accepted_share
FROM reviews r JOIN claims c USING (claim_id)
WHERE NOT r.undone AND r.verdict IN ('accept', 'reject')
GROUP BY ALL;

CREATE MACRO facts_as_of(valid_at, known_at) AS TABLE
SELECT topic, fact, track, measure, shown AS value_text, value, percent, amount, currency, stage, due_from, due_to,
       valid_from, valid_to, system_from, system_to, origins, contested, claim_id
FROM beliefs
WHERE valid_from <= valid_at AND (valid_to IS NULL OR valid_to > valid_at)
  AND system_from <= known_at AND (system_to IS NULL OR system_to > known_at);
