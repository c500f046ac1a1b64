"""A memory leak that can be switched on, for demonstrations of what happens when memory runs out."""

import threading
import time

MAX_MEGABYTES_PER_SECOND = 256
MEGABYTE = 1024 * 1024
STEP_SECONDS = 0.1


class Leak:
    def __init__(self):
        self._kept = []
        self._bytes = 0
        self._rate = 0
        self._changed = threading.Condition()
        self._thread = None

    def set_rate(self, megabytes_per_second):
        """From now on; what has leaked stays leaked."""
        with self._changed:
            self._rate = megabytes_per_second
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="leak", daemon=True)
                self._thread.start()

    def state(self):
        with self._changed:
            return {
                "megabytesPerSecond": self._rate,
                "leakedMegabytes": round(self._bytes / MEGABYTE, 1),
            }

    def _run(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._rate > 0)
                step = int(self._rate * MEGABYTE * STEP_SECONDS)
            # Not zeros: the kernel would hand out the same empty page for all of them.
            chunk = b"\xa5" * step
            with self._changed:
                self._kept.append(chunk)
                self._bytes += step
            time.sleep(STEP_SECONDS)
