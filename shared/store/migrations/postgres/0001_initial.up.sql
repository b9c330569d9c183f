-- The first shape of the store. Times are milliseconds UTC, uuids TEXT, truths 0 or 1, documents JSON TEXT: the same statements
-- serve both engines. Texts are compared byte by byte (collation "C"), as SQLite does.

-- As SQLite has it: where a text begins in another one, 0 when it does not.
CREATE FUNCTION instr(TEXT, TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN strpos($1, $2);

CREATE TABLE tasks (
  id TEXT COLLATE "C" PRIMARY KEY,
  stage TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('ready', 'sent', 'done', 'parked')),
  generation BIGINT NOT NULL DEFAULT 1,
  attempt INTEGER NOT NULL DEFAULT 0,
  alone SMALLINT NOT NULL DEFAULT 0,
  not_before BIGINT NOT NULL,
  lease_until BIGINT,
  error TEXT COLLATE "C",
  class TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  raised_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (stage, subject)
-- A row is changed several times in its life; what no index names is then changed in place.
) WITH (fillfactor = 60);
CREATE INDEX tasks_ready ON tasks (stage, not_before, id) WHERE state = 'ready';
-- Without `lease_until`, which a confirm changes: there are never more rows than the window.
CREATE INDEX tasks_sent ON tasks (stage, id) WHERE state = 'sent';
CREATE INDEX tasks_parked ON tasks (updated_at) WHERE state = 'parked';

CREATE TABLE unroutable (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body BYTEA NOT NULL,
  why TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL
);

CREATE TABLE sites (
  id TEXT COLLATE "C" PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  region TEXT COLLATE "C" NOT NULL,
  home TEXT COLLATE "C" NOT NULL
);

-- `document` is the whole line of the registry; the other columns are copies to join and group by.
CREATE TABLE bodies (
  id TEXT COLLATE "C" PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL,
  region TEXT COLLATE "C" NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  site TEXT COLLATE "C",
  present SMALLINT NOT NULL,
  document TEXT COMPRESSION lz4 COLLATE "C" NOT NULL
);

-- `active` is 0 for a column that its profile no longer names and for a source whose fetch became pointless.
-- `read_version` is the version whose reports show what the source says now.
CREATE TABLE sources (
  id TEXT COLLATE "C" PRIMARY KEY,
  site TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('column', 'page')),
  url TEXT COLLATE "C" NOT NULL,
  column_name TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C",
  listed_date TEXT COLLATE "C",
  body TEXT COLLATE "C",
  year INTEGER,
  etag TEXT COLLATE "C",
  last_modified TEXT COLLATE "C",
  blob TEXT COLLATE "C",
  first_seen_at BIGINT NOT NULL,
  last_listed_at BIGINT,
  last_fetched_at BIGINT,
  gone_since BIGINT,
  next_fetch_at BIGINT NOT NULL,
  active SMALLINT NOT NULL DEFAULT 1,
  read_version TEXT COLLATE "C",
  UNIQUE (site, url)
);
CREATE INDEX sources_next ON sources (next_fetch_at) WHERE active = 1;
CREATE INDEX sources_url ON sources (url);
CREATE INDEX sources_body ON sources (body, year);
CREATE INDEX sources_blob ON sources (blob);

CREATE TABLE polls (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site TEXT COLLATE "C" NOT NULL,
  column_name TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  complete SMALLINT NOT NULL,
  pages INTEGER NOT NULL,
  items INTEGER NOT NULL,
  detail TEXT COLLATE "C"
);
CREATE INDEX polls_site ON polls (site, at);
CREATE INDEX polls_good ON polls (site, at) WHERE outcome = 'ok' AND complete = 1 AND items > 0;

CREATE TABLE versions (
  id TEXT COLLATE "C" PRIMARY KEY,
  source TEXT COLLATE "C" NOT NULL REFERENCES sources (id),
  blob TEXT COLLATE "C" NOT NULL,
  media_type TEXT COLLATE "C",
  size BIGINT NOT NULL,
  fetched_at BIGINT NOT NULL,
  read_at BIGINT,
  text_hash TEXT COLLATE "C",
  normaliser INTEGER,
  unchanged_from TEXT COLLATE "C" REFERENCES versions (id)
);
CREATE INDEX versions_source ON versions (source, fetched_at, id);
CREATE INDEX versions_blob ON versions (blob);

-- `identity` is what findings hang on: `body/year`, or `url#index` while one of the two is unknown.
CREATE TABLE reports (
  id TEXT COLLATE "C" PRIMARY KEY,
  version TEXT COLLATE "C" NOT NULL REFERENCES versions (id),
  idx INTEGER NOT NULL,
  source TEXT COLLATE "C" NOT NULL REFERENCES sources (id),
  fetched_at BIGINT NOT NULL,
  body TEXT COLLATE "C",
  year INTEGER,
  scope TEXT COLLATE "C" NOT NULL,
  identity TEXT COLLATE "C" NOT NULL,
  current SMALLINT NOT NULL DEFAULT 0,
  kind TEXT COLLATE "C" NOT NULL,
  title TEXT COLLATE "C",
  published TEXT COLLATE "C",
  verdict TEXT COLLATE "C",
  judged_at BIGINT,
  document TEXT COMPRESSION lz4 COLLATE "C" NOT NULL,
  UNIQUE (version, idx)
) WITH (fillfactor = 70);
CREATE INDEX reports_body ON reports (body, year, fetched_at);
CREATE INDEX reports_source ON reports (source);
CREATE INDEX reports_current ON reports (fetched_at, id) WHERE current = 1;
CREATE UNIQUE INDEX reports_one_current ON reports (body, year, scope)
  WHERE current = 1 AND body IS NOT NULL AND year IS NOT NULL;
CREATE INDEX reports_current_body ON reports (body, fetched_at, id) WHERE current = 1;
CREATE INDEX reports_current_identity ON reports (identity) WHERE current = 1;

-- `scope` is that of the report, or `due` for findings of the stage `due`, which know no report.
CREATE TABLE findings (
  identity TEXT COLLATE "C" NOT NULL,
  scope TEXT COLLATE "C" NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  severity TEXT COLLATE "C" NOT NULL,
  body TEXT COLLATE "C",
  year INTEGER,
  document TEXT COMPRESSION lz4 COLLATE "C" NOT NULL,
  first_seen_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  fixed_at BIGINT,
  dismissed_at BIGINT,
  PRIMARY KEY (identity, scope, fingerprint)
);
CREATE INDEX findings_fingerprint ON findings (fingerprint);
CREATE INDEX findings_open ON findings (first_seen_at) WHERE fixed_at IS NULL AND dismissed_at IS NULL;
CREATE INDEX findings_year ON findings (year, code) WHERE fixed_at IS NULL AND dismissed_at IS NULL;
CREATE INDEX findings_code ON findings (code);

CREATE TABLE dues (
  body TEXT COLLATE "C" NOT NULL,
  year INTEGER NOT NULL,
  due TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  report TEXT COLLATE "C",
  published TEXT COLLATE "C",
  reason TEXT COLLATE "C" NOT NULL,
  assessed_at BIGINT NOT NULL,
  PRIMARY KEY (body, year)
);

CREATE TABLE alerts (
  id TEXT COLLATE "C" PRIMARY KEY,
  kind TEXT COLLATE "C" NOT NULL,
  "key" TEXT COLLATE "C" NOT NULL,
  channel TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'closed', 'held')),
  severity TEXT COLLATE "C" NOT NULL,
  site TEXT COLLATE "C",
  body TEXT COLLATE "C",
  year INTEGER,
  message TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT,
  told_at BIGINT
);
CREATE UNIQUE INDEX alerts_one_open ON alerts (kind, "key", channel) WHERE state IN ('open', 'held');
CREATE INDEX alerts_opened ON alerts (opened_at, id);
CREATE INDEX alerts_site ON alerts (site, opened_at, id);
CREATE INDEX alerts_body ON alerts (body, year);
CREATE INDEX alerts_held ON alerts (site, channel) WHERE state = 'held';

-- Open findings that count: of a current report, or (scope `due`) of what is due of a body for a year.
CREATE VIEW open_findings AS
SELECT f.*, CASE f.severity WHEN 'error' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END AS gravity
FROM findings f
WHERE f.fixed_at IS NULL AND f.dismissed_at IS NULL
  AND (f.scope = 'due'
    OR EXISTS (SELECT 1 FROM reports r WHERE r.current = 1 AND r.identity = f.identity AND r.scope = f.scope));

-- The cells of every stored report in long form, one row a cell.
CREATE VIEW cells AS
SELECT r.id AS report, r.body AS body, r.year AS year, r.scope AS scope, r.current AS current,
       t.value ->> 'key' AS "table", c.value ->> 'row' AS "row", c.value ->> 'column' AS "column",
       c.value ->> 'state' AS state, c.value ->> 'value' AS value, c.value ->> 'printed' AS printed
FROM reports r, jsonb_array_elements(r.document::jsonb -> 'tables') t, jsonb_array_elements(t.value -> 'cells') c;

-- What the subject of a ledger row is, for people and for filters. A `due` subject ends in a four-digit year.
CREATE VIEW task_subjects AS
SELECT t.id AS task,
       s.id AS source,
       v.id AS version,
       COALESCE(s.site, a.site, b.site) AS site,
       CASE t.stage WHEN 'due' THEN left(t.subject, length(t.subject) - 5)
         ELSE COALESCE((SELECT r.body FROM reports r WHERE r.version = v.id AND r.body IS NOT NULL LIMIT 1), s.body, a.body)
       END AS body,
       CASE t.stage WHEN 'due' THEN CAST(right(t.subject, 4) AS INTEGER)
         ELSE COALESCE((SELECT r.year FROM reports r WHERE r.version = v.id AND r.year IS NOT NULL LIMIT 1), s.year, a.year)
       END AS year,
       COALESCE(s.title, b.name) AS title,
       CASE t.stage WHEN 'due' THEN t.subject
         WHEN 'notify' THEN COALESCE(a.kind || ' ' || a."key" || ' → ' || a.channel, t.subject)
         ELSE COALESCE(s.url, t.subject)
       END AS about
FROM tasks t
LEFT JOIN versions v ON t.stage IN ('parse', 'judge') AND v.id = t.subject
LEFT JOIN sources s ON s.id = CASE t.stage WHEN 'fetch' THEN t.subject ELSE v.source END
LEFT JOIN alerts a ON t.stage = 'notify' AND a.id = t.subject
LEFT JOIN bodies b ON t.stage = 'due' AND b.id = left(t.subject, length(t.subject) - 5);
