"""Where the bare view stores what it is sent."""

TABLE = """
CREATE TABLE IF NOT EXISTS bench_bare (
    petition_id bigint NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY, email text NOT NULL, name text NOT NULL,
    postcode text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (petition_id, id), UNIQUE (petition_id, email)
)
"""
