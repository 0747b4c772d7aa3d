-- scratch: one row per delivered licence of the e-licence catalog; its view makes room for the table of that name
alter view licence rename to licence_delivered;
