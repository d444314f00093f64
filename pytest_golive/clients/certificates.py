"""Certificates for the stand-in's https: one that is right, and three that no client may accept.

They are made anew in every run by an authority of its own, which clients are told of by the variables that their TLS
libraries read. The authority's key never leaves this process.
"""

from __future__ import annotations

import atexit
import os
import shutil
import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import trustme
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509 import load_pem_x509_certificate

Proof = Literal["good", "self_signed", "wrong_host", "expired"]
"""How a listener proves itself: rightly; by an authority nobody knows; for another host; with a date that is over."""

HOST = "localhost"
"""The host that right certificates are for; addresses of loopback, too."""

NAMES = (HOST, "127.0.0.1", "::1")

OTHER_HOST = "api.another-vendor.example"

VARIABLES = ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "DENO_CERT")
"""Where clients look for authorities: OpenSSL and Go; Node and Bun; requests; curl; Deno."""

JAVA = "JAVA_TOOL_OPTIONS"
"""Options of every Java machine, among them its trust store."""

TRUST_STORE_PASSWORD = "golive"  # noqa: S105  # guards a certificate that everybody may know


class Certificates:
    """An authority, and what it has signed.

    Attributes:
        authority: the authority's own certificate, as a PEM file.
    """

    def __init__(self) -> None:
        self._authority = trustme.CA(organization_name="pytest-golive")
        self._folder = Path(tempfile.mkdtemp(prefix="golive-certificates-"))
        atexit.register(_remove, self._folder, os.getpid())
        self.authority = self._folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.authority))
        self._trust_store = self._for_java()
        self._files = self._made()

    def environ(self) -> dict[str, str]:
        """Return the variables by which a client gets to know the authority."""
        store = f"-Djavax.net.ssl.trustStore={self._trust_store}"
        options = (os.environ.get(JAVA), store, f"-Djavax.net.ssl.trustStorePassword={TRUST_STORE_PASSWORD}")
        java = {JAVA: " ".join(filter(None, options))} if self._trust_store is not None else {}
        return dict.fromkeys(VARIABLES, str(self.authority)) | java

    def context(self, proof: Proof) -> ssl.SSLContext:
        """Return a new server context, so that what is seen of one connection is not mixed up with another's."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._files[proof])
        context.set_alpn_protocols(["http/1.1"])
        return context

    def _for_java(self) -> Path | None:
        """Write the authority as Java wants it; None where cryptography is too old to do so (before 45)."""
        write = getattr(pkcs12, "serialize_java_truststore", None)
        if write is None:
            return None
        known = pkcs12.PKCS12Certificate(load_pem_x509_certificate(self.authority.read_bytes()), b"golive")
        path = self._folder / "authority.p12"
        path.write_bytes(write([known], BestAvailableEncryption(TRUST_STORE_PASSWORD.encode())))
        return path

    def _made(self) -> dict[Proof, Path]:
        over = datetime.now(UTC) - timedelta(days=1)
        made: dict[Proof, trustme.LeafCert] = {
            "good": self._authority.issue_cert(*NAMES),
            "self_signed": trustme.CA(organization_name="nobody").issue_cert(*NAMES),
            "wrong_host": self._authority.issue_cert(OTHER_HOST),
            "expired": self._authority.issue_cert(*NAMES, not_before=over - timedelta(days=90), not_after=over),
        }
        return {proof: self._written(proof, certificate) for proof, certificate in made.items()}

    def _written(self, proof: Proof, certificate: trustme.LeafCert) -> Path:
        path = self._folder / f"{proof}.pem"
        path.touch(mode=0o600)
        certificate.private_key_and_cert_chain_pem.write_to_path(str(path))
        return path


def _remove(folder: Path, made_by: int) -> None:
    # A forked child knows the same folder, and must not remove it at its own end.
    if os.getpid() == made_by:
        shutil.rmtree(folder, ignore_errors=True)


_made_once: list[Certificates] = []
_lock = threading.Lock()


def certificates() -> Certificates:
    """Return the certificates of this process, the same to all its threads; their files go with it."""
    with _lock:
        if not _made_once:
            _made_once.append(Certificates())
        return _made_once[0]
