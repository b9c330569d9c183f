-- What is summed over reports, taken out of their tables once: {"edition": …, "values": {item: number}}. Where it is missing, or of
-- another edition, the tables are read.
ALTER TABLE reports ADD COLUMN items TEXT;
