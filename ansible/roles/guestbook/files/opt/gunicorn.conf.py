"""How gunicorn serves the guestbook."""

import os
import selectors

wsgi_app = "guestbook:create_app()"
chdir = "/opt/guestbook"
bind = "unix:/run/guestbook/guestbook.sock"

# One process: the writer's lock and the leak live in it.
workers = 1
worker_class = "gthread"
threads = 16
worker_connections = 2000

# Longer than nginx keeps an idle connection to us (30 s), so that nginx never sends into one that we just closed.
keepalive = 75
# How long a stop waits for the answers in flight.
graceful_timeout = 15
worker_tmp_dir = "/dev/shm"


def post_worker_init(worker):
    # The gthread worker looks at its stop flag once a second. Every signal writes a byte into this
    # pipe (it belongs to gunicorn's base worker): watching it makes a stop take effect at once.
    worker.poller.register(worker.PIPE[0], selectors.EVENT_READ, lambda pipe: os.read(pipe, 64))
