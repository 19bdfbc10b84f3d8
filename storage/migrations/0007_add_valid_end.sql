-- What is asked of all beliefs at once compares whole columns, and an end that is never NULL is compared in two thirds of
-- the time: `valid_end` is `valid_to`, or the last day there is. Written with the row and never changed, like `valid_to`;
-- no part of its digest, since it says nothing new (storage/verify.py compares the two).

ALTER TABLE beliefs ADD COLUMN valid_end TIMESTAMPTZ;
UPDATE beliefs SET valid_end = coalesce(valid_to, TIMESTAMPTZ '9999-12-31 00:00:00+00');

CREATE OR REPLACE MACRO facts_as_of(valid_at, known_at) AS TABLE
SELECT topic, fact, track, measure, shown AS value_text, value, percent, amount, currency, stage, due_from, due_to,
       valid_from, valid_to, system_from, system_to, origins, contested, claim_id
FROM beliefs
WHERE valid_from <= valid_at AND valid_end > valid_at
  AND system_from <= known_at AND (system_to IS NULL OR system_to > known_at);
