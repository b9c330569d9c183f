-- Takes 0003 back.
DROP TABLE replays;
DROP INDEX alerts_open;
