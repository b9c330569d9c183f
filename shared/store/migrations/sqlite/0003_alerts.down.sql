-- Takes 0040 back.
DROP TABLE replays;
DROP INDEX alerts_open;
