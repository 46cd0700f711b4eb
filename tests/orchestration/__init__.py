"""The jobs of meltano.yml on Dagster, in an environment of its own."""
