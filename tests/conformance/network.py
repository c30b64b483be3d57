"""The network of a recording: loopback only, and an authority whose certificates the client trusts."""
import ctypes
import errno
import fcntl
import os
import re
import socket
import ssl
import struct
import subprocess
import threading


def enter_own_network():
    """Move this process into a network namespace that has only loopback. Return 0, or the number of the system's error."""
    new_user, new_net = 0x10000000, 0x40000000
    try:
        if ctypes.CDLL(None, use_errno=True).unshare(new_user | new_net) != 0:
            return ctypes.get_errno()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            request = struct.pack("16sh14x", b"lo", 0x1)  # IFF_UP
            fcntl.ioctl(s.fileno(), 0x8914, request)  # SIOCSIFFLAGS
        return 0
    except OSError as error:
        return error.errno
    except AttributeError:  # not Linux
        return errno.ENOSYS


def leave_network():
    """Give up every network but loopback. Return None, or the system's words when it does not allow that.

    A child tries first: Ubuntu since 23.10 gives the namespace but does not let its loopback be started, and nothing
    leads back from there.
    """
    child = os.fork()
    if child == 0:
        os._exit(enter_own_network())
    refused = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or enter_own_network()
    return os.strerror(refused) if refused else None


class Authority:
    """A throw-away certificate authority: makes a certificate for each host that is asked for."""

    def __init__(self, folder):
        self.folder = folder
        self.certificate = f"{folder}/ca.pem"
        self.contexts = {}
        self.lock = threading.Lock()
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                     "-subj", "/CN=throw-away test authority", "-keyout", f"{folder}/ca.key", "-out", self.certificate)
        self.openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{folder}/leaf.key")

    def openssl(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, check=True, capture_output=True)

    def context(self, host):
        """The TLS context of a server named HOST."""
        with self.lock:
            if host not in self.contexts:
                base = f"{self.folder}/{len(self.contexts)}"
                with open(base + ".ext", "w") as f:
                    kind = "IP" if re.fullmatch(r"[0-9.]+|.*:.*", host) else "DNS"
                    f.write(f"subjectAltName={kind}:{host}\nextendedKeyUsage=serverAuth\n")
                self.openssl("req", "-new", "-key", "leaf.key", "-subj", "/CN=test", "-out", base + ".csr")
                self.openssl("x509", "-req", "-in", base + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
                             "-set_serial", str(len(self.contexts) + 2), "-extfile", base + ".ext", "-out", base + ".pem")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(base + ".pem", f"{self.folder}/leaf.key")
                self.contexts[host] = context
            return self.contexts[host]
