-- Takes 0001 back: everything goes, readers of views first.
DROP VIEW task_subjects;
DROP VIEW cells;
DROP VIEW open_findings;
DROP TABLE alerts;
DROP TABLE dues;
DROP TABLE findings;
DROP TABLE reports;
DROP TABLE versions;
DROP TABLE polls;
DROP TABLE sources;
DROP TABLE bodies;
DROP TABLE sites;
DROP TABLE unroutable;
DROP TABLE tasks;
DROP FUNCTION instr(TEXT, TEXT);
