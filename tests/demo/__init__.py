"""Shows what each tap does, on invented data, from an empty database to one that is kept up."""
