-- Takes 0004 back; what is dismissed stays so.
DROP TABLE dismissals;
