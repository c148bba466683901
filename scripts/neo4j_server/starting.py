"""Configuration, command and ports of a server, until Bolt is spoken."""

import json
import os
import socket
import subprocess
import time

from neo4j_server.needs import Refused, find_jars, find_java
from neo4j_server.password import set_password, write_private
from neo4j_server.stopping import end

START_SECONDS = 180
BOLT, HTTP = 7687, 7474
# Neo4j's own start script opens these: https://github.com/neo4j/neo4j, packaging.
OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")


def launch(options, home, detached, ended=None):
    java, jars = find_java(options.version), find_jars(options.version)
    for folder in ("conf", "data", "logs", "import", "plugins"):
        (home / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    bolt, http = pick_port(options.bolt, BOLT), pick_port(options.http, HTTP)
    (home / "conf/neo4j.conf").write_text(
        "".join(f"{name}={value}\n" for name, value in settings(options, bolt, http))
    )
    environ = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    password_file = set_password(home, java, jars, environ)
    with open(home / "logs/console.log", "ab") as log:
        server = subprocess.Popen(
            command(java, jars, home, options),
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=detached,
        )
    write_private(
        home / "running.json",
        json.dumps(
            {
                "running": True,
                "version": options.version,
                "pid": server.pid,
                "home": str(home),
                "user": "neo4j",
                "password_file": str(password_file),
                "bolt": f"bolt://127.0.0.1:{bolt}",
                "http": f"http://127.0.0.1:{http}",
            }
        ),
    )
    wait_for(server, bolt, home, ended)
    return server


def settings(options, bolt, http):
    yield from {
        "server.default_listen_address": "127.0.0.1",
        "server.default_advertised_address": "127.0.0.1",
        "server.bolt.listen_address": f"127.0.0.1:{bolt}",
        "server.bolt.advertised_address": f"127.0.0.1:{bolt}",
        "server.http.listen_address": f"127.0.0.1:{http}",
        "server.https.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": options.pagecache,
        # LOAD CSV would read any file and any address that this machine can reach.
        "server.directories.import": "import",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",
        # Otherwise each home takes half a gigabyte before the first node.
        "db.tx_log.preallocate": "false",
        "db.tx_log.rotation.retention_policy": "keep_none",
        **dict(pair.split("=", 1) for pair in options.set),
    }.items()


def command(java, jars, home, options):
    main_class = "CommunityEntryPoint" if options.version.startswith("5.") else "Neo4jCommunity"
    # Serial: half the memory. G1: faster loads, where there is memory to collect.
    collector = "G1GC" if options.heap.lower().endswith("g") else "SerialGC"
    return [
        java,
        "-Xms64m",
        f"-Xmx{options.heap}",
        f"-XX:+Use{collector}",
        "-Dlog4j2.disable.jmx=true",
        *(["-XX:TieredStopAtLevel=1"] if options.quick else []),
        *(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED),
        "-cp",
        jars,
        f"org.neo4j.server.{main_class}",
        f"--home-dir={home}",
        f"--config-dir={home}/conf",
    ]


def pick_port(wanted, usual):
    if wanted:
        return wanted
    for port in ([usual] if wanted is None else []) + [0]:
        with socket.socket() as probe:
            # As the server does, or a port that was used a minute ago counts as taken.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Refused("there is no free port")


def wait_for(server, port, home, ended):
    last = time.monotonic() + START_SECONDS
    while not answers(port):
        dead = server.poll() is not None
        if dead or time.monotonic() > last or (ended and ended.is_set()):
            end(home)
            said = (home / "logs/console.log").read_text(errors="replace")[-2000:]
            raise Refused(f"Neo4j did not start; see {home}/logs\n{said}")
        time.sleep(0.05)


def answers(port):
    """Whether Bolt is spoken there: an open port is not enough."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as client:
            # https://neo4j.com/docs/bolt/current/bolt/handshake/
            client.sendall(b"\x60\x60\xb0\x17" + b"\0\4\4\5" + bytes(12))
            return len(client.recv(4)) == 4
    except OSError:
        return False
