"""Asks a name server over TCP and TLS with dnspython, many questions in one write, answers in any order.

    dns_streams.py TCP-PORT TLS-PORT CA-FILE NAME...
"""

import socket
import ssl
import struct
import sys

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

QUESTIONS = 400
HHIT = dns.rdatatype.from_text("TYPE67")


def receive(stream, octets):
    """Exactly so many octets."""
    got = b""
    while len(got) < octets:
        more = stream.recv(octets - len(got))
        if not more:
            sys.exit(f"closed after {len(got)} of {octets} octets")
        got += more
    return got


def pipeline(stream, names):
    """All questions at once, then all answers."""
    asked = {}
    for number in range(QUESTIONS):
        # Every name, and every fourth time one below it, which does not exist.
        name = names[number % len(names)]
        exists = number % 4 != 0
        query = dns.message.make_query(name if exists else f"x.{name}", HHIT, use_edns=0)
        query.id = number
        asked[number] = (query, exists)
    wires = (query.to_wire() for query, _ in asked.values())
    stream.sendall(b"".join(struct.pack("!H", len(wire)) + wire for wire in wires))
    answered = 0
    while asked:
        length = struct.unpack("!H", receive(stream, 2))[0]
        response = dns.message.from_wire(receive(stream, length))
        query, exists = asked.pop(response.id)
        if not query.is_response(response):
            sys.exit(f"not a response to what was asked: {response}")
        expected = (dns.rcode.NOERROR, 1) if exists else (dns.rcode.NXDOMAIN, 0)
        if (response.rcode(), len(response.answer)) != expected:
            sys.exit(f"expected {expected}: {response}")
        answered += 1
    return answered


def main():
    tcp_port, tls_port, ca_file, *names = sys.argv[1:]
    with socket.create_connection(("127.0.0.1", int(tcp_port)), timeout=30) as stream:
        over_tcp = pipeline(stream, names)
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["dot"])
    with socket.create_connection(("127.0.0.1", int(tls_port)), timeout=30) as stream:
        with context.wrap_socket(stream, server_hostname="localhost") as secret:
            if secret.selected_alpn_protocol() != "dot":
                sys.exit("no ALPN")
            over_tls = pipeline(secret, names)
    # dnspython's own client, too.
    query = dns.message.make_query(names[0], HHIT)
    answer = dns.query.tls(query, "127.0.0.1", port=int(tls_port), timeout=30, ssl_context=context, server_hostname="localhost")
    if len(answer.answer) != 1:
        sys.exit(f"no answer: {answer}")
    print(f"{over_tcp} answers over tcp, {over_tls} answers over tls")


main()
