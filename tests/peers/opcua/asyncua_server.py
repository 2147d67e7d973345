"""An OPC UA server to test against: asyncua. Arguments: port, folder for its certificate, options as JSON:
{"spaces": ["urn:extra"], "secured": bool}. Prints `up` when it can be reached."""
import asyncio
import json
import logging
import pathlib
import socket
import sys

from asyncua import Server, ua, uamethod
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.user_managers import UserManager
from asyncua_dictionary import add_axis
from cryptography.x509.oid import ExtendedKeyUsageOID

port, folder, options = int(sys.argv[1]), pathlib.Path(sys.argv[2]), json.loads(sys.argv[3] if len(sys.argv) > 3 else "{}")
URI = "urn:asyncua:peer"
P = ua.SecurityPolicyType


class Users(UserManager):
    def get_user(self, iserver, username=None, password=None, certificate=None):
        if username is None or (username == "op" and password == "secret"):
            return User(role=UserRole.User)
        return None


@uamethod
def add_numbers(parent, a, b):
    return ua.Variant(a + b, ua.VariantType.UInt32)


async def main():
    logging.disable(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(user_manager=Users())
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/peer")
    await server.set_application_uri(URI)
    policies = [P.NoSecurity]
    if options.get("secured", True):
        key, certificate = folder / "key.pem", folder / "cert.der"
        await setup_self_signed_certificate(key, certificate, URI, socket.gethostname(),
                                            [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH],
                                            {"commonName": "asyncua peer", "organizationName": "peer"})
        await server.load_certificate(str(certificate))
        await server.load_private_key(str(key))
        policies += [P.Basic256Sha256_Sign, P.Basic256Sha256_SignAndEncrypt, P.Aes128Sha256RsaOaep_Sign,
                     P.Aes128Sha256RsaOaep_SignAndEncrypt]
        policies += [P.Aes256Sha256RsaPss_Sign, P.Aes256Sha256RsaPss_SignAndEncrypt]
    server.set_security_policy(policies)
    for uri in options.get("spaces", []):
        await server.register_namespace(uri)
    index = await server.register_namespace("urn:press")
    press = await server.nodes.objects.add_object(ua.NodeId("Press1", index), "Press1")

    async def add(name, value):
        return await press.add_variable(ua.NodeId("Press1." + name, index), f"{index}:{name}", value)

    counter = await add("Counter", ua.Variant(0, ua.VariantType.UInt32))
    await add("Name", "press one")
    await add("Running", True)
    await (await add("Target", 1.0)).set_writable()
    await press.add_method(ua.NodeId("Press1.Add", index), f"{index}:Add", add_numbers, [ua.VariantType.UInt32] * 2,
                           [ua.VariantType.UInt32])
    await (await add("Matrix", ua.Variant([[1.0, 2.0], [3.0, 4.0]], ua.VariantType.Double))).set_writable()
    await add_axis(server, index, press)
    async with server:
        await server.historize_node_data_change(counter, period=None, count=10000)
        print("up", flush=True)
        count = 0
        while True:
            count += 1
            await counter.write_value(ua.Variant(count, ua.VariantType.UInt32))
            await asyncio.sleep(0.1)


asyncio.run(main())
