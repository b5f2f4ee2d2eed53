"""A certificate for one's desk: for this machine alone, made once, and believed by nobody who has not been told to."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kirsch.app.place import ConfigError, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS: Final = 90
RENEWED: Final = 7
"""Days that it lasts, and that must be left for it to be used once more."""

NAMES: Final = ("localhost", "127.0.0.1", "::1")


def dev_certificate(environ: Mapping[str, str]) -> str:
    """The file with the certificate and its key; made if there is none that lasts. Raises ConfigError."""
    home = environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    path = Path(home, "kirsch", "dev-certificate.pem")
    if not _lasts(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, _made())
    return str(path)


def _lasts(path: Path) -> bool:
    try:
        from cryptography import x509

        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except ImportError:
        raise ConfigError(
            "making a certificate needs the extra `tls`: pip install 'kirsch[tls]'", Place("--dev-cert")
        ) from None
    except (OSError, ValueError):
        return False
    return certificate.not_valid_after_utc - _now() > dt.timedelta(days=RENEWED)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _made() -> bytes:
    """Certificate and key, in PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kirsch at your desk")])
    begin = _now() - dt.timedelta(hours=1)
    others: list[x509.GeneralName] = [
        x509.DNSName(host) for host in dict.fromkeys((NAMES[0], socket.gethostname())) if host
    ]
    others += [x509.IPAddress(ipaddress.ip_address(address)) for address in NAMES[1:]]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM) + secret


def _write(path: Path, data: bytes) -> None:
    """For nobody else to read, and never half."""
    new = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    os.replace(new, path)
