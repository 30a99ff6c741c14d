"""A clock that is driven: everything in the emulator, and every Node function, has the time that it is told.

CLOCK_AT (a moment, ISO 8601 with its zone) starts it; from there it goes on at the machine's speed until it is moved.
time-machine replaces what time and datetime read, in C, for all threads. Monotonic clocks, and so timeouts and the
event loop, go on as they are. Functions get an offset in a file, which clock.cjs reads. Without CLOCK_AT nothing changes.
"""
import asyncio
import json
import os
import shutil
import struct
import tempfile
import threading
import time
from datetime import datetime, timezone
from pathlib import Path

PATH = "/_leeboard/clock"
READ_AGAIN = 0.01  # seconds: twice as long as clock.cjs relies on what it has read
_moved = threading.Condition()
_mends, _files = [], []


def is_driven():
    return bool(_files)


def start(at):
    """Begin at this moment; nothing that keeps a time may have been imported before."""
    folder = Path(tempfile.mkdtemp(prefix="clock-"))
    shutil.copy(Path(__file__).with_name("clock.cjs"), folder)
    _files[:] = [folder / "clock.cjs", open(folder / "offset", "wb", buffering=0)]
    move_to(at)


def move_to(at):
    """Go on from this moment, forward or back. Raises ValueError when it is none or has no zone."""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"{at} must say its zone, as in 2013-04-01T00:00:00Z")
    import time_machine  # here, so that a clock that is not driven costs nothing
    with _moved:
        distance = moment.timestamp() - time.time()
        if distance > 0:
            _mend(distance)
        # Traveller.move_to() is not for threads: for a moment it has the new destination and the old start.
        time_machine.travel(moment, tick=True).start()
        offset_ms = round((time.time_ns() - time_machine.escape_hatch.time.time_ns()) / 1e6)
        os.pwrite(_files[1].fileno(), struct.pack("<d", offset_ms), 0)
        if distance < 0:
            _mend(distance)
        _moved.notify_all()


def _mend(distance):
    for mend in _mends:
        mend(distance)


def when_moved(mend):
    """Call this with the distance of each move in seconds: before one forward and after one back, so that what it
    mends is for a moment too new, never too old."""
    _mends.append(mend)


def sleep(seconds):
    """Wait so long. A clock that is moved beyond the end ends it; one that is moved back makes it no longer."""
    end = time.time() + seconds
    with _moved:
        _moved.wait_for(lambda: time.time() >= end, timeout=seconds)


def node_options(before=""):
    """NODE_OPTIONS of a process that is to have this clock."""
    return f'{before} --require "{_files[0]}"'.strip() if is_driven() else before


def beside(app):
    """The ASGI application with GET and POST {"at": ...} of PATH, which AWS does not have."""
    async def answer(scope, receive, send):
        if scope.get("path") != PATH:
            return await app(scope, receive, send)
        status, body = await _answer(scope["method"], receive)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})
    return answer


async def _answer(method, receive):
    if not is_driven():
        return 404, {"message": "this emulator was started without CLOCK_AT: its clock is the machine's"}
    if method == "POST":
        text, more = b"", True
        while more:
            message = await receive()
            text, more = text + message.get("body", b""), message.get("more_body", False)
        try:
            move_to(json.loads(text)["at"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return 400, {"message": f'the body must be {{"at": "<moment, ISO 8601 with zone>"}}: {error}'}
        await asyncio.sleep(READ_AGAIN)  # then every function has read it
    at = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return 200, {"at": at, "nodeOptions": node_options()}
