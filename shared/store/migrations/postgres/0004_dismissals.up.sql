-- Who dismissed a finding or took it up again, when and why: kept for good, and for all rows of its fingerprint.
CREATE TABLE dismissals (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  dismissed SMALLINT NOT NULL,
  note TEXT,
  person TEXT,
  at BIGINT NOT NULL
);
CREATE INDEX dismissals_fingerprint ON dismissals (fingerprint, id);

-- What earlier releases have dismissed, they did without a word.
INSERT INTO dismissals (fingerprint, dismissed, at)
SELECT fingerprint, 1, min(dismissed_at) FROM findings WHERE dismissed_at IS NOT NULL GROUP BY fingerprint ORDER BY 3, 1;
