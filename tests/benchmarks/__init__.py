"""How fast the taps are, measured from outside, by ``make bench``.

A module per tap, such as `goatcounter_hits`, has a function ``run(directory) -> Bench``, which
`__main__` lists. A bench consists of contests: runs over the same rows, each by a name, some of
which others are compared with (`bench`). It is made of

* `serving.serve_apart`: the sandbox in a process of its own, made by a function that fits into a
  pickle;
* `measure`: a command's seconds, peak memory and lines, and `measure_in_turns`, the fastest of
  several rounds in which each side has its turn;
* `memory`: a sandbox that gives its answers again, where making them would take long;
* `rows`: rows that the tap and others read from the same server;
* `sdk_baseline`: the tap's command on the SDK's default path, for any tap;
* `raw_baseline` and `with_dlt`: others that read the same rows;
* `latency`: a command against a sandbox that answers late, and the requests that it sent.

A tap with many requests is measured once with its own `max_concurrency` and once with 1::

    def run(directory: Path) -> Bench:
        many = partial(_command, directory, max_concurrency=16)
        single = partial(_command, directory, max_concurrency=1)
        fast, slow = latency.run(_sandbox, many), latency.run(_sandbox, single)
        contest = Contest("orders", {TAP: fast.measurement, ONE_AT_A_TIME: slow.measurement})
        limited = latency.run(_with_limits, many)
        share = limited.share_of_limit(1000, counted_as=_key_and_endpoint)
        note = f"{TAP} uses {share:.0%} of the limit; {limited.refused} requests were refused."
        return Bench((contest,), (note,), misses)

`results` shows what all benches have found out in one table, and writes it to ``RESULTS.md``.
"""
