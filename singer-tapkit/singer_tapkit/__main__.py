"""Commands for states: `python -m singer_tapkit merge-states` and `split-state`."""

from singer_tapkit.state_merge import main

if __name__ == "__main__":
    main(prog_name="python -m singer_tapkit")
