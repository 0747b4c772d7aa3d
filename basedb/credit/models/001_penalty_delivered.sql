-- scratch: one row per delivered penalty; its view makes room for the table of that name
alter view penalty rename to penalty_delivered;
