"""An emulator that belongs to the process that started it: one a state folder, on its own port, never left behind."""
import contextlib
import fcntl
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

IN_USE = 75  # exit code; the lock file says by whom
_held = []  # what must stay open as long as this process lives


def claim(folder, port=None):
    """Take the state folder and a listening socket; say both in <folder>/emulator.json. Exits when the folder is taken.

    The lock is the kernel's: it goes with the process, also after kill -9. The port is the given one, else the one of
    last time, else any that is free. Returns the socket.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = open(folder / "emulator.json", "a+")
    try:
        fcntl.flock(said, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(IN_USE)
    said.seek(0)
    listener = listen([port] if port else [_port_of_last_time(said.read()), 0])
    said.truncate(0)
    said.write(json.dumps({"pid": os.getpid(), "port": listener.getsockname()[1]}))
    said.flush()
    _held.append(said)
    return listener


def clear_scratch(folder):
    """An empty folder for temporary files: a kill -9 leaves unpacked functions behind."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # Functions unpacked below here must not become ES modules by the package.json of the project around them.
    (folder / "package.json").write_text("{}")


def end_with_owner():
    """Save and stop when stdin ends, and kill the whole process group (the Lambda workers) however this process ends."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    # Its stdin ends when this process does, even by kill -9. It leads a session of its own, so it outlives the group.
    _held.append(subprocess.Popen(["sh", "-c", f"cat > /dev/null; kill -9 -{os.getpid()} 2> /dev/null"],
                                  stdin=subprocess.PIPE, start_new_session=True))

    def watch():
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
    threading.Thread(target=watch, daemon=True, name="owner").start()


def listen(ports):
    """A socket that listens on loopback, on the first of these ports that is free."""
    for port in ports:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(100)
            return listener
        except OSError as error:
            listener.close()
            refusal = error
    sys.exit(f"emulator: cannot listen on 127.0.0.1:{ports[-1]}: {refusal}")


def serve(listener):
    """Serve on a socket that listens already, until the process is told to stop."""
    import uvicorn
    from emulator import clock
    from ministack import app
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS names a limit that it does not accept
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    # ministack starts with hypercorn, which is all Python: a third more processor time a request.
    config = uvicorn.Config(clock.beside(app.app), http="httptools", loop="uvloop", ws="wsproto", lifespan="on", log_config=None,
                            access_log=False, proxy_headers=False, server_header=False, date_header=False,
                            timeout_keep_alive=75)
    uvicorn.Server(config).run([listener])


def _port_of_last_time(text):
    try:
        return json.loads(text)["port"]
    except (ValueError, KeyError):
        return 0
