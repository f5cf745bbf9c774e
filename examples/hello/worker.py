"""A worker: says that it is alive, every minute, until it is asked to end."""

import os
import signal
import threading

ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
signal.signal(signal.SIGINT, lambda *_: ended.set())

container = os.environ.get("CONTAINER", "worker-0")
print(f"{container} has begun", flush=True)
while not ended.wait(60):
    print(f"{container} is alive", flush=True)
print(f"{container} has ended", flush=True)
