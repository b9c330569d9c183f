-- Takes 0005 back; sums are made from the tables again.
ALTER TABLE reports DROP COLUMN items;
