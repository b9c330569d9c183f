-- Takes 0002 back.
DROP INDEX sources_columns;
