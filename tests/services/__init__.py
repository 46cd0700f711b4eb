"""Each service with data that change, the settings of its tap, and the rows that a copy has then.

Chaos and the pipelines compare databases with these rows, and fuzzing damages what is read of them.
"""
