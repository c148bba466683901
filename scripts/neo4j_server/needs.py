"""What a server takes: Java, and the jars that Maven brings once."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

POM = Path(__file__).resolve().parents[1] / "neo4j.pom.xml"
DEFAULT_VERSION = "5.26.30"


class Refused(Exception):
    """What is missing or wrong, in one line that says what to do."""


def find_java(version):
    java = f"{os.environ['JAVA_HOME']}/bin/java" if os.environ.get("JAVA_HOME") else shutil.which("java")
    needed = "17 or 21" if version.startswith("5.") else "21 or newer"
    if not java or not os.access(java, os.X_OK):
        raise Refused(f"Java is missing, version {needed} (Debian: apt-get install default-jre-headless)")
    said = subprocess.run([java, "-version"], check=False, capture_output=True, text=True).stderr
    found = re.search(r'version "(\d+)', said)
    if found and int(found[1]) < (17 if version.startswith("5.") else 21):
        raise Refused(
            f"Java {needed} is needed for Neo4j {version}; {java} is Java {found[1]} (set JAVA_HOME to another)"
        )
    return java


def find_jars(version):
    """The class path: what Maven has brought, once."""
    if not re.fullmatch(r"[\w.-]+", version):
        raise Refused(f"{version} is no version, such as {DEFAULT_VERSION}")
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    jars = Path(os.environ.get("NEO4J_JARS") or f"{base}/lineage_graph/neo4j-{version}").expanduser()
    if jars.is_dir():
        return f"{jars}/*"
    if not shutil.which("mvn"):
        raise Refused("Maven is missing (Debian: apt-get install maven default-jre-headless)")
    jars.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{jars}.lock", "w") as lock:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX)  # one download, whoever comes first
        if not jars.is_dir():
            fetch(version, jars)
    return f"{jars}/*"


def fetch(version, jars):
    print(f"fetching Neo4j {version} by Maven, once (some 130 MB) …", file=sys.stderr, flush=True)
    part = Path(f"{jars}.part")
    shutil.rmtree(part, ignore_errors=True)
    done = subprocess.run(
        [
            "mvn",
            "-B",
            "-q",
            "-f",
            str(POM),
            f"-Dneo4j.version={version}",
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            f"-DoutputDirectory={part}",
        ],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        shutil.rmtree(part, ignore_errors=True)
        first = next((line for line in done.stdout.splitlines() if "ERROR" in line), "no reason given")
        raise Refused(f"Maven could not bring Neo4j {version}: {first}")
    part.rename(jars)
