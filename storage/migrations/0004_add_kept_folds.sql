-- Where the fold of a fact stands, so that a run may go on from there (storage/kept.py). A copy for speed and no part of
-- what is believed: emptied at any time, it comes back by itself. `stamp` names all that the fold rests on beside its
-- claims, `body` is compressed JSON, `checksum` hashes the row. Not proven, since nothing is taken from a row that does not fit.

CREATE TABLE kept_folds (
    topic VARCHAR NOT NULL, fact VARCHAR NOT NULL, stamp VARCHAR NOT NULL, body BLOB NOT NULL,
    checksum VARCHAR NOT NULL
);
