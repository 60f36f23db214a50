"""What stands where a client believes its site to be: TLS under the names that it calls, signed by an authority that
lives as long as the test. Behind it is the site, as it is.
"""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PART = 1 << 16
DAY = datetime.timedelta(days=1)


class Door:
    """Use as a context manager. ``authority`` is the file that clients are told to trust, ``port`` where it listens."""

    def __init__(self, folder: Path, *, hosts: Iterable[str], leads_to: int) -> None:
        self.hosts = tuple(hosts)
        self.authority = folder / "authority.pem"
        self._leads_to = leads_to
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificates(folder, self.authority, self.hosts))
        self._context = context
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.callers = 0

    def __enter__(self) -> "Door":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.close()

    @property
    def environment(self) -> dict[str, str]:
        """What a client's process is told beside its own: where names lead, and whom to trust."""
        return {
            "CLIENT_HOSTS": " ".join(self.hosts),
            "CLIENT_PORT": str(self.port),
            "SSL_CERT_FILE": str(self.authority),
            "REQUESTS_CA_BUNDLE": str(self.authority),
            "NODE_EXTRA_CA_CERTS": str(self.authority),
        }

    def _serve(self) -> None:
        while True:
            try:
                plain, _address = self._listening.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._let_in, args=(plain,), daemon=True).start()

    def _let_in(self, plain: socket.socket) -> None:
        try:
            with (
                self._context.wrap_socket(plain, server_side=True) as caller,
                socket.create_connection(("127.0.0.1", self._leads_to)) as site,
            ):
                self.callers += 1
                back = threading.Thread(target=_pass_on, args=(site, caller), daemon=True)
                back.start()
                _pass_on(caller, site)
                back.join()
        except OSError:
            return  # who hangs up, hangs up


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while part := source.recv(PART):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def _certificates(folder: Path, authority: Path, hosts: tuple[str, ...]) -> Path:
    """Write the authority's certificate, and the door's with its key; where the latter is."""
    now = datetime.datetime.now(datetime.UTC)
    root_key, own_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of one test")])
    names: list[x509.GeneralName] = [x509.DNSName(host) for host in hosts]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))

    def certificate(subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )

    root = certificate(root_name, root_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signs = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False)  # fmt: skip
    root = root.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **signs), critical=True)
    own = certificate(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])]), own_key.public_key())
    own = own.add_extension(x509.SubjectAlternativeName(names), critical=False)
    own = own.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    authority.write_bytes(root.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    chain = folder / "door.pem"
    chain.touch(mode=0o600)
    chain.write_bytes(
        own_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + own.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return chain
