-- The columns that a site has now are asked for whenever something is said about what was not found.
CREATE INDEX sources_columns ON sources (site, column_name) WHERE kind = 'column' AND active = 1;
