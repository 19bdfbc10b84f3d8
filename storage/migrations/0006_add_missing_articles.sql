-- Articles that could not be had when they were last asked for, and when to ask again (flows/missing.py): one that was
-- never read is asked for less and less often, one that was read and is gone is withdrawn after a while. Says how
-- fetching went, like `sources`, and is no more part of the hash chain than that.

CREATE TABLE missing (
    topic VARCHAR NOT NULL, article_id VARCHAR NOT NULL, source VARCHAR NOT NULL, url VARCHAR NOT NULL,
    title VARCHAR NOT NULL, outlet VARCHAR NOT NULL, published_at TIMESTAMPTZ, first_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL, next_at TIMESTAMPTZ NOT NULL, looks INTEGER NOT NULL, gone_since TIMESTAMPTZ,
    why VARCHAR NOT NULL
);
