"""Run the taps against answers, states, settings and catalogs that are damaged at random.

Each trial follows from its tap and its seed. It serves a fake service with a few rows, damages what
the tap gets, runs the tap, then runs it again without damage from the last state. The run must

* write valid Singer messages: records fit their schema, keys are not null, texts can be encoded;
* end within a time, without a traceback, without a file left behind;
* log no secret, and nothing of the people in the data (their fields begin with a marker);
* end with 0 only if it has read everything, but for rows of which a warning says how many it skips;
* leave a state from which the next run brings what is missing, whatever its exit status.

"Everything" is what runs without damage bring from an empty state. Records are loaded as a target
does: upserts by primary key, and ACTIVATE_VERSION removes older rows.

Not every damage can be seen by a tap, and no trial asks for the impossible:

* Rows are removed only from answers that state how many there are.
* A list is not replaced by an empty one, nor ``true`` by ``false``, nor a position by another one:
  the answer would be as documented, only of other data. Null, other types, missing and renamed
  fields are not as documented and must be seen where a row or the way to more rows depends on it.
* A value of the right type (a huge number, another text) makes another row. Such trials ask for no
  completeness, but where the value may become a bookmark: then nothing may be missing after the
  next run. That holds for dates, too.
* Where any value has changed, records are compared by their keys, and more of them are no fault.
* The API's own 403 and 404 may mean that there is nothing to read, so that a run that skips may end
  with 0; nothing may be missing after the next run.
* A damaged state that a tap refuses is the user's to mend; one that it accepts must lose nothing.
* goTom's prices, flights and customers without an id have keys that are made up from other fields.
* Numbers in place of texts are read as texts.
* Streams whose keys differ from run to run, as they hold the time of reading, are not compared.
* Damaged settings and catalogs may select something else; they are not asked for everything.

Waits are skipped: the clock that ``time.monotonic`` shows jumps ahead by what a run sleeps. Waits
for sockets and threads are real, and so is the time of day.
"""
