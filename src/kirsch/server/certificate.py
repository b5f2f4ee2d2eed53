"""What a certificate says, in the words of a WSGI environ: those of Apache's mod_ssl, which CherryPy uses, too."""

from __future__ import annotations

import ssl
from typing import Any, Final

_NAMES: Final = {
    "countryName": "C",
    "stateOrProvinceName": "ST",
    "localityName": "L",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "commonName": "CN",
    "title": "T",
    "initials": "I",
    "givenName": "G",
    "surname": "S",
    "description": "D",
    "userId": "UID",
    "emailAddress": "Email",
}
"""Parts of a name, as OpenSSL calls them and as they are called here."""

_KINDS: Final = {"DNS": "DNS", "email": "Email"}


def facts_of(certificate: dict[str, Any], prefix: str) -> dict[str, str]:
    """All that is said of a certificate. certificate: as of getpeercert(). prefix: `SSL_CLIENT` or `SSL_SERVER`."""
    facts = {
        f"{prefix}_M_VERSION": str(certificate.get("version", "")),
        f"{prefix}_M_SERIAL": str(certificate.get("serialNumber", "")),
        f"{prefix}_V_START": str(certificate.get("notBefore", "")),
        f"{prefix}_V_END": str(certificate.get("notAfter", "")),
    }
    for part, letter in (("subject", "S"), ("issuer", "I")):
        facts |= _name(certificate.get(part, ()), f"{prefix}_{letter}_DN")
    counts: dict[str, int] = {}
    for kind, value in certificate.get("subjectAltName", ()):
        if kind in _KINDS:
            number = counts[kind] = counts.get(kind, -1) + 1
            facts[f"{prefix}_SAN_{_KINDS[kind]}_{number}"] = str(value)
    return facts


def _name(parts: Any, key: str) -> dict[str, str]:
    """A name as a whole, and its parts; a part that there is several times also by number."""
    pairs = [(_NAMES.get(kind, kind), str(value)) for part in parts for kind, value in part]
    facts = {key: ",".join(f"{kind}={value}" for kind, value in pairs)} if pairs else {}
    for kind in dict.fromkeys(kind for kind, _ in pairs):
        values = [value for other, value in pairs if other == kind]
        facts[f"{key}_{kind}"] = ",".join(values)
        if len(values) > 1:
            facts |= {f"{key}_{kind}_{number}": value for number, value in enumerate(values)}
    return facts


def shown_by(context: ssl.SSLContext, path: str) -> dict[str, Any]:
    """The certificate of a server's context as getpeercert() has it. Raises ssl.SSLError: it has expired, say.

    The standard library explains only what the other side of a connection has shown. So we connect to ourselves.
    path: of the file with the certificate.
    """
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it is to be believed, whoever has signed it
    client_context.load_verify_locations(path)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(back, there)
    server = context.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    return dict(client.getpeercert() or {})
