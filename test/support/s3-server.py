"""OpenStack Swift (Debian's python3-swift) with its S3 API, whole in one process, for the tests.

    python3 s3-server.py <folder> <port> [<certificate> <key>]

Its four servers and their data live in the folder. It speaks TLS where it has a certificate, and says when it is ready.
"""

import os
import sys

import eventlet

eventlet.monkey_patch()

folder, port, *pair = sys.argv[1:]
place = lambda name: os.path.join(folder, name)  # noqa: E731

from swift.common import utils  # noqa: E402

# Read by the modules that are imported next.
utils.SWIFT_CONF_FILE = place("swift.conf")
with open(utils.SWIFT_CONF_FILE, "w") as file:
    file.write("[swift-hash]\nswift_hash_path_suffix = synthetic\n[storage-policy:0]\nname = one\ndefault = yes\n")

from eventlet import wsgi  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring.builder import RingBuilder  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402

DEFAULTS = """[DEFAULT]
swift_dir = {folder}
devices = {folder}
mount_check = false
log_address = {folder}/none
"""
STORE = """[pipeline:main]
pipeline = server
[app:server]
use = egg:swift#{kind}
"""
PROXY = """[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth bulk slo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_gateway = a-secret-of-the-tests .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
"""


def start(kind, text, socket):
    with open(place(f"{kind}.conf"), "w") as file:
        file.write(DEFAULTS.format(folder=folder) + text.format(kind=kind))
    app = loadapp(place(f"{kind}.conf"), global_conf={"log_name": kind})
    options = {"protocol": SwiftHttpProtocol, "capitalize_response_headers": False, "log_output": False}
    eventlet.spawn(wsgi.server, socket, app, **options)


os.makedirs(place("disk"), exist_ok=True)
for kind in ("account", "container", "object"):
    socket = eventlet.listen(("127.0.0.1", 0))
    ring = RingBuilder(4, 1, 1)
    device = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": socket.getsockname()[1], "device": "disk", "weight": 1}
    ring.add_dev({**device, "replication_ip": device["ip"], "replication_port": device["port"]})
    ring.rebalance()
    ring.get_ring().save(place(f"{kind}.ring.gz"))
    start(kind, STORE, socket)

front = eventlet.listen(("127.0.0.1", int(port)))
if pair:
    front = eventlet.wrap_ssl(front, certfile=pair[0], keyfile=pair[1], server_side=True)
start("proxy", PROXY, front)
print("ready", flush=True)
while True:
    eventlet.sleep(3600)
