"""How fast the taps are, measured from outside, by ``make bench``.

A module per tap, such as `goatcounter_hits`, has a function ``run(directory) -> Bench``, which
`__main__` lists. A bench consists of contests: runs over the same rows, each by a name, some of
which others are compared with (`bench`). It is made of

* `reading`: what is read, from a server in a process of its own, and who reads it;
* `measure`: a command's seconds, peak memory and lines, and `measure_in_turns`, the fastest of
  several rounds in which each side has its turn;
* `memory`: a sandbox that gives its answers again, where making them would take long;
* `latency`: a command against a sandbox that answers late, and the requests that it sent;
* `sdk_baseline`, `raw_baseline` and `with_dlt`: others that read the same rows.

`results` shows what all benches have found out in one table, and writes it to ``RESULTS.md``.
"""
