-- The first shape of the store. Times are INTEGER milliseconds UTC, uuids TEXT, documents JSON TEXT.

CREATE TABLE tasks (
  id TEXT PRIMARY KEY,
  stage TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('ready', 'sent', 'done', 'parked')),
  generation INTEGER NOT NULL DEFAULT 1,
  attempt INTEGER NOT NULL DEFAULT 0,
  alone INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER NOT NULL,
  lease_until INTEGER,
  error TEXT,
  class TEXT,
  created_at INTEGER NOT NULL,
  raised_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (stage, subject)
) STRICT;
CREATE INDEX tasks_ready ON tasks (stage, not_before, id) WHERE state = 'ready';
CREATE INDEX tasks_sent ON tasks (stage, lease_until, id) WHERE state = 'sent';
CREATE INDEX tasks_parked ON tasks (updated_at) WHERE state = 'parked';
CREATE INDEX tasks_by_state ON tasks (stage, state, raised_at);

CREATE TABLE unroutable (
  id INTEGER PRIMARY KEY,
  body BLOB NOT NULL,
  why TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE sites (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  home TEXT NOT NULL
) STRICT;

-- `document` is the whole line of the registry; the other columns are copies to join and group by.
CREATE TABLE bodies (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  region TEXT NOT NULL,
  level TEXT NOT NULL,
  kind TEXT NOT NULL,
  site TEXT,
  present INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;

-- `active` is 0 for a column that its profile no longer names and for a source whose fetch became pointless.
-- `read_version` is the version whose reports show what the source says now.
CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('column', 'page')),
  url TEXT NOT NULL,
  column_name TEXT NOT NULL,
  title TEXT,
  listed_date TEXT,
  body TEXT,
  year INTEGER,
  etag TEXT,
  last_modified TEXT,
  blob TEXT,
  first_seen_at INTEGER NOT NULL,
  last_listed_at INTEGER,
  last_fetched_at INTEGER,
  gone_since INTEGER,
  next_fetch_at INTEGER NOT NULL,
  active INTEGER NOT NULL DEFAULT 1,
  read_version TEXT,
  UNIQUE (site, url)
) STRICT;
CREATE INDEX sources_next ON sources (next_fetch_at) WHERE active = 1;
CREATE INDEX sources_url ON sources (url);
CREATE INDEX sources_body ON sources (body, year);
CREATE INDEX sources_blob ON sources (blob);

CREATE TABLE polls (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  column_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  complete INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  items INTEGER NOT NULL,
  detail TEXT
) STRICT;
CREATE INDEX polls_site ON polls (site, at);
CREATE INDEX polls_good ON polls (site, at) WHERE outcome = 'ok' AND complete = 1 AND items > 0;

CREATE TABLE versions (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL REFERENCES sources (id),
  blob TEXT NOT NULL,
  media_type TEXT,
  size INTEGER NOT NULL,
  fetched_at INTEGER NOT NULL,
  read_at INTEGER,
  text_hash TEXT,
  normaliser INTEGER,
  unchanged_from TEXT REFERENCES versions (id)
) STRICT;
CREATE INDEX versions_source ON versions (source, fetched_at, id);
CREATE INDEX versions_blob ON versions (blob);

-- `identity` is what findings hang on: `body/year`, or `url#index` while one of the two is unknown.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  version TEXT NOT NULL REFERENCES versions (id),
  idx INTEGER NOT NULL,
  source TEXT NOT NULL REFERENCES sources (id),
  fetched_at INTEGER NOT NULL,
  body TEXT,
  year INTEGER,
  scope TEXT NOT NULL,
  identity TEXT NOT NULL,
  current INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL,
  title TEXT,
  published TEXT,
  verdict TEXT,
  judged_at INTEGER,
  document TEXT NOT NULL,
  UNIQUE (version, idx)
) STRICT;
CREATE INDEX reports_body ON reports (body, year, fetched_at);
CREATE INDEX reports_source ON reports (source);
CREATE INDEX reports_current ON reports (fetched_at, id) WHERE current = 1;
CREATE UNIQUE INDEX reports_one_current ON reports (body, year, scope)
  WHERE current = 1 AND body IS NOT NULL AND year IS NOT NULL;
CREATE INDEX reports_current_body ON reports (body, fetched_at, id) WHERE current = 1;
CREATE INDEX reports_current_identity ON reports (identity) WHERE current = 1;

-- `scope` is that of the report, or `due` for findings of the stage `due`, which know no report.
CREATE TABLE findings (
  identity TEXT NOT NULL,
  scope TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  body TEXT,
  year INTEGER,
  document TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  fixed_at INTEGER,
  dismissed_at INTEGER,
  PRIMARY KEY (identity, scope, fingerprint)
) STRICT;
CREATE INDEX findings_fingerprint ON findings (fingerprint);
CREATE INDEX findings_open ON findings (first_seen_at) WHERE fixed_at IS NULL AND dismissed_at IS NULL;
CREATE INDEX findings_year ON findings (year, code) WHERE fixed_at IS NULL AND dismissed_at IS NULL;
CREATE INDEX findings_code ON findings (code);

CREATE TABLE dues (
  body TEXT NOT NULL,
  year INTEGER NOT NULL,
  due TEXT,
  state TEXT NOT NULL,
  report TEXT,
  published TEXT,
  reason TEXT NOT NULL,
  assessed_at INTEGER NOT NULL,
  PRIMARY KEY (body, year)
) STRICT;

CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  "key" TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'held')),
  severity TEXT NOT NULL,
  site TEXT,
  body TEXT,
  year INTEGER,
  message TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  told_at INTEGER
) STRICT;
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
FROM reports r, json_each(r.document, '$.tables') t, json_each(t.value, '$.cells') c;

-- What the subject of a ledger row is, for people and for filters. A `due` subject ends in a four-digit year.
CREATE VIEW task_subjects AS
SELECT t.id AS task,
       s.id AS source,
       v.id AS version,
       COALESCE(s.site, a.site, b.site) AS site,
       CASE t.stage WHEN 'due' THEN substr(t.subject, 1, length(t.subject) - 5)
         ELSE COALESCE((SELECT r.body FROM reports r WHERE r.version = v.id AND r.body IS NOT NULL LIMIT 1), s.body, a.body)
       END AS body,
       CASE t.stage WHEN 'due' THEN CAST(substr(t.subject, -4) AS INTEGER)
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
LEFT JOIN bodies b ON t.stage = 'due' AND b.id = substr(t.subject, 1, length(t.subject) - 5);
