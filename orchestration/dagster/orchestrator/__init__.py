"""Run the jobs of a Meltano project in slices, each in a process of its own, by Dagster."""
