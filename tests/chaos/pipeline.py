"""One run of a pipeline: the tap, a relay that counts its lines, the target, and their killer."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from tests.chaos.kills import Kill, Moment, Victim
from tests.meltano import filter_environment
from tests.sandbox.faults import Reset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from tests.sandbox.faults import Effect
    from tests.services.source import Source

TIME_LIMIT_SECONDS = 120
PIPE_BYTES = 4096
"""So little that the tap is never far ahead of the line that was counted last."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        struck: Whether the kill came before the run was over.
        lines: How many whole lines of the tap have reached the relay.
        requests: How many requests the tap has sent.
        seconds: How long it took.
        afterwards: How many of these seconds the tap needed to end after the kill.
        states: The states that the target has confirmed.
        tap: The tap's exit status.
        target: The target's.
        tap_log: What the tap has written to stderr.
        target_log: What the target has.
        output: What the tap has written to stdout, as far as it was relayed.
    """

    struck: bool
    lines: int
    requests: int
    seconds: float
    afterwards: float
    states: list[dict[str, Any]]
    tap: int
    target: int
    tap_log: str
    target_log: str
    output: bytes


@dataclass(frozen=True)
class Striking:
    """An effect on a request: first somebody is struck, and then comes another effect, if any."""

    strike: Callable[[], object]
    then: Effect | None = None

    async def __call__(
        self, application: ASGIApp, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Strike, and let the request go its way."""
        self.strike()
        if self.then:
            await self.then(application, scope, receive, send)
        else:
            await application(scope, receive, send)


class Pipeline:
    """A tap and a target that run, and someone who may kill them."""

    def __init__(
        self, tap: list[str], target: list[str], directory: Path, source: Source, kill: Kill | None
    ) -> None:
        """Prepare a run of two commands; each has a log and a folder in the directory."""
        self._commands = {"tap": tap, "target": target}
        self._directory = directory
        self._source = source
        self._kill = kill
        self._struck_at: float | None = None
        self._states: list[dict[str, Any]] = []
        self._relayed = bytearray()

    def run(self) -> Outcome:
        """Run to the end, whichever it is.

        Raises:
            TimeoutError: A process does not end.
            AssertionError: A process has left others behind.
        """
        begin, requests_before = time.monotonic(), len(self._source.sandbox.requests)
        with self._start("target") as self._target, self._start("tap") as self._tap:
            confirmations = threading.Thread(target=self._note_states)
            confirmations.start()
            with self._watch():
                lines = self._pass_lines_on()
                tap = self._tap.wait()
                ended = time.monotonic()
                target = self._target.wait()
            confirmations.join()
        return Outcome(
            struck=self._struck_at is not None,
            lines=lines,
            requests=len(self._source.sandbox.requests) - requests_before,
            seconds=time.monotonic() - begin,
            afterwards=ended - (self._struck_at or ended),
            states=self._states,
            tap=tap,
            target=target,
            tap_log=self._read_log("tap"),
            target_log=self._read_log("target"),
            output=bytes(self._relayed),
        )

    @contextlib.contextmanager
    def _start(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a process in a group of its own, and leave none of the group behind."""
        folder = self._directory / name
        folder.mkdir(exist_ok=True)
        with (
            (self._directory / f"{name}.log").open("wb") as log,
            subprocess.Popen(
                self._commands[name],
                stdin=subprocess.PIPE if name == "target" else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder,
                env={**filter_environment(), "TMPDIR": str(folder)},
                start_new_session=True,
                pipesize=PIPE_BYTES,
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()
                process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(f"the {name} has left processes behind")

    @contextlib.contextmanager
    def _watch(self) -> Iterator[None]:
        """Wait for the moment of the kill, and end what does not end by itself."""
        overdue = threading.Event()

        def kill_both() -> None:
            overdue.set()
            self._tap.kill()
            self._target.kill()

        timers = [threading.Timer(TIME_LIMIT_SECONDS, kill_both)]
        match self._kill:
            case Kill(Victim.CONNECTION, _, number):
                gone = Striking(self._note_strike, Reset(handled=number % 2 == 0))
                self._source.sandbox.faults.add("*", "*", gone, skip=number - 1, times=None)
            case Kill(_, Moment.REQUEST, number):
                self._source.sandbox.faults.add("*", "*", Striking(self._strike), skip=number - 1)
            case Kill(_, Moment.TENTH, number):
                timers.append(threading.Timer(number / 10, self._strike))
        for timer in timers:
            timer.start()
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()
                timer.join()
            self._source.sandbox.faults.clear()
        if overdue.is_set():
            raise TimeoutError("the pipeline did not end")

    def _pass_lines_on(self) -> int:
        """Hand the tap's lines on, until one of the two ends, and give how many they were."""
        number = 0
        with contextlib.suppress(BrokenPipeError), _get_stdin(self._target) as target:
            for number, line in enumerate(_get_stdout(self._tap), start=1):
                if self._kill == Kill(Victim.TAP, Moment.HALF_LINE, number) and self._strike():
                    self._pass_on(target, line[: len(line) // 2])
                    break
                self._pass_on(target, line)
                if self._kill and self._kill.is_due_after(number):
                    self._strike()
                    if self._kill.victim is not Victim.TAP_ASKED:
                        break
        _get_stdout(self._tap).close()
        return number

    def _pass_on(self, target: BinaryIO, text: bytes) -> None:
        self._relayed += text
        target.write(text)
        target.flush()

    def _strike(self) -> bool:
        """Kill, unless the tap has ended before, and return whether it had not."""
        if self._kill is None or self._tap.poll() is not None:
            return False
        self._note_strike()
        match self._kill.victim:
            case Victim.TAP:
                self._tap.kill()
            case Victim.TAP_ASKED:
                self._tap.terminate()
            case Victim.TARGET:
                self._target.kill()
            case Victim.EVERYTHING:
                self._tap.kill()
                self._target.kill()
        return True

    def _note_strike(self) -> None:
        self._struck_at = self._struck_at or time.monotonic()

    def _note_states(self) -> None:
        """Note what the target confirms; a line that was cut off confirms nothing."""
        for line in _get_stdout(self._target):
            if line.endswith(b"\n"):
                self._states.append(json.loads(line))

    def _read_log(self, name: str) -> str:
        return (self._directory / f"{name}.log").read_text(encoding="utf-8")


def _get_stdin(process: subprocess.Popen[bytes]) -> BinaryIO:
    return cast("BinaryIO", process.stdin)


def _get_stdout(process: subprocess.Popen[bytes]) -> BinaryIO:
    return cast("BinaryIO", process.stdout)
