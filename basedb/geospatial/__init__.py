"""The geospatial base: divisions, their outlines, standard addresses with points."""
