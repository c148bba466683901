"""The password of a home: given once, and seen by nobody else."""

import os
import secrets
import subprocess

from neo4j_server.needs import Refused


def set_password(home, java, jars, environ):
    """The password can only be given before the first start; NEO4J_PASSWORD, else a random one."""
    path = home / "password"
    if (home / "data/databases/system").exists():
        return path
    password = os.environ.get("NEO4J_PASSWORD") or secrets.token_urlsafe(15)
    write_private(path, password)
    # As a last argument it could be seen in the list of processes: a file of arguments is read by Java itself.
    arguments = home / "conf/arguments"
    # Always accepted, so that a password with a leading dash is no option.
    write_private(
        arguments,
        "\n".join(
            quoted(word)
            for word in (
                "-cp",
                jars,
                "org.neo4j.cli.AdminTool",
                "dbms",
                "set-initial-password",
                "--",
                password,
            )
        ),
    )
    try:
        done = subprocess.run(
            [java, f"@{arguments}"], check=False, env=environ, capture_output=True, text=True
        )
    finally:
        arguments.unlink()
    if done.returncode:
        path.unlink()
        said = (done.stderr or done.stdout).replace(password, "***").strip()
        raise Refused(
            f"the initial password was not accepted: {said.splitlines()[0] if said else 'no reason given'}"
        )
    return path


def quoted(word):
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_private(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
