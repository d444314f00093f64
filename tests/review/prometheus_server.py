"""A real Prometheus on loopback, loaded with samples; Debian's package `prometheus` brings it, and promtool."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

STARTS_WITHIN_SECONDS = 30.0


def is_here() -> bool:
    """Whether both programs are installed."""
    return shutil.which("prometheus") is not None and shutil.which("promtool") is not None


@contextmanager
def prometheus(folder: Path, samples: str, rules: str = "") -> Iterator[str]:
    """Start a Prometheus that holds these samples, and return its address."""
    data = folder / "data"
    data.mkdir(parents=True)
    (folder / "samples.txt").write_text(samples)
    # One large block: by default it is one for every two hours, and the file is read again for each.
    block = ["--max-block-duration=4096h", "openmetrics", str(folder / "samples.txt"), str(data)]
    subprocess.run(["promtool", "tsdb", "create-blocks-from", *block], check=True, capture_output=True, timeout=120)
    (folder / "rules.yml").write_text(rules or "groups: []\n")
    (folder / "prometheus.yml").write_text(f"rule_files: [{folder / 'rules.yml'}]\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={data}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--storage.tsdb.retention.time=200d",
            "--log.level=error",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{url}/-/ready", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"prometheus did not become ready; its exit status is {process.poll()}")
