"""A foreign client for our OPC UA server: asyncua. Arguments: the server's URL, folder for its certificate, options as
JSON: {"policy", "mode", "user", "password", "nodes": [...], "seconds"}. Prints what it met as one line of JSON."""
import asyncio
import json
import logging
import pathlib
import socket
import sys

from asyncua import Client, ua
from asyncua.crypto import security_policies
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from cryptography.x509.oid import ExtendedKeyUsageOID

url, folder, options = sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(sys.argv[3])
URI = "urn:asyncua:client"
POLICIES = {"basic256sha256": security_policies.SecurityPolicyBasic256Sha256,
            "aes128_sha256_rsaoaep": security_policies.SecurityPolicyAes128Sha256RsaOaep,
            "aes256_sha256_rsapss": security_policies.SecurityPolicyAes256Sha256RsaPss}
MODES = {"sign": ua.MessageSecurityMode.Sign, "sign_and_encrypt": ua.MessageSecurityMode.SignAndEncrypt}


class Changes:
    def __init__(self):
        self.seen = {}

    def datachange_notification(self, node, value, data):
        status = data.monitored_item.Value.StatusCode
        self.seen.setdefault(node.nodeid.Identifier, []).append((value, status is None or status.is_good()))


async def names(node):
    return [(await child.read_browse_name()).Name for child in await node.get_children()]


async def look(client):
    out = {"namespaces": await client.get_namespace_array()}
    out["objects"] = await names(client.nodes.objects)
    status = await client.get_node(ua.NodeId(2256)).read_value()
    out["product"], out["state"] = status.BuildInfo.ProductName, int(status.State)
    machinery = out["namespaces"].index("http://opcfoundation.org/UA/Machinery/")
    device = out["namespaces"].index("http://opcfoundation.org/UA/DI/")
    plant = out["namespaces"].index("urn:hanse:plant")
    machines = await client.nodes.objects.get_child(f"{machinery}:Machines")
    found = await machines.get_children()
    out["machines"] = [(await machine.read_browse_name()).Name for machine in found]
    identification = await found[0].get_child(f"{device}:Identification")
    out["asset_id"] = await (await identification.get_child(f"{device}:AssetId")).read_value()
    item_state = await found[0].get_child([f"{machinery}:MachineryItemState", "0:CurrentState"])
    out["machine_state"] = (await item_state.read_value()).Text
    nodes = [client.get_node(ua.NodeId(name, plant)) for name in options["nodes"]]
    out["read"] = len([value for value in await client.read_values(nodes)])
    try:
        await client.get_node(ua.NodeId("no/such", plant)).read_value()
    except ua.UaStatusCodeError as error:
        out["unknown"] = ua.status_codes.get_name_and_doc(error.code)[0]
    try:
        await nodes[0].write_value(ua.Variant(1.0, ua.VariantType.Double))
    except ua.UaStatusCodeError as error:
        out["write"] = ua.status_codes.get_name_and_doc(error.code)[0]
    changes = Changes()
    subscription = await client.create_subscription(200, changes)
    await subscription.subscribe_data_change(nodes)
    await asyncio.sleep(options.get("seconds", 4))
    await subscription.delete()
    out["followed"] = len(changes.seen)
    out["changes"] = sum(len(values) for values in changes.seen.values())
    return out


async def main():
    logging.disable(logging.CRITICAL)
    folder.mkdir(parents=True, exist_ok=True)
    client = Client(url, timeout=10)
    client.application_uri = URI
    out = {}
    try:
        out["endpoints"] = len(await client.connect_and_get_server_endpoints())
        out["servers"] = [server.ApplicationUri for server in await client.connect_and_find_servers()]
        if options.get("policy", "none") != "none":
            key, certificate = folder / "key.pem", folder / "cert.der"
            await setup_self_signed_certificate(key, certificate, URI, socket.gethostname(),
                                                [ExtendedKeyUsageOID.CLIENT_AUTH], {"commonName": "asyncua client"})
            await client.set_security(POLICIES[options["policy"]], str(certificate), str(key), mode=MODES[options["mode"]])
        if options.get("user"):
            client.set_user(options["user"])
            client.set_password(options["password"])
        async with client:
            out |= await look(client)
    except Exception as error:  # whatever a client meets is what the test wants to see
        out["failed"] = f"{type(error).__name__}: {error}"
    print(json.dumps(out), flush=True)


asyncio.run(main())
