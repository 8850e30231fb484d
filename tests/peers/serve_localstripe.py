"""localstripe on a loopback port of the system's choosing, which is printed. By itself it would listen on every
address and keep its objects in a file that all its processes share."""

import socket

from aiohttp import web
from localstripe import resources, server

resources.Store.dump_to_disk = lambda store: None
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
web.run_app(server.app, sock=listener, print=None)
