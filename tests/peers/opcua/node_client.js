// A foreign client for our OPC UA server: node-opcua. Arguments and output as asyncua_client.py.
globalThis.crypto ??= require("node:crypto").webcrypto; // Debian 12's Node 18 has it under a flag only.
const { OPCUAClient, MessageSecurityMode, SecurityPolicy, UserTokenType, AttributeIds, DataType, TimestampsToReturn,
  makeBrowsePath, ClientSubscription, ClientMonitoredItemGroup } = require("node-opcua-client");
const { OPCUACertificateManager } = require("node-opcua-certificate-manager");

const [url, folder, text] = process.argv.slice(2);
const options = JSON.parse(text || "{}");
const POLICIES = { none: SecurityPolicy.None, basic256sha256: SecurityPolicy.Basic256Sha256,
  aes128_sha256_rsaoaep: SecurityPolicy.Aes128_Sha256_RsaOaep, aes256_sha256_rsapss: SecurityPolicy.Aes256_Sha256_RsaPss };
const MODES = { none: MessageSecurityMode.None, sign: MessageSecurityMode.Sign, sign_and_encrypt: MessageSecurityMode.SignAndEncrypt };
const pause = ms => new Promise(done => setTimeout(done, ms));

async function look(session) {
  const out = { namespaces: await session.readNamespaceArray() };
  const names = async id => (await session.browse(id)).references.map(one => one.browseName.name);
  out.objects = await names("i=85");
  const status = (await session.read({ nodeId: "i=2256", attributeId: AttributeIds.Value })).value.value;
  out.product = status.buildInfo.productName;
  out.state = status.state;
  const index = uri => out.namespaces.indexOf(uri);
  const machinery = index("http://opcfoundation.org/UA/Machinery/"), device = index("http://opcfoundation.org/UA/DI/");
  const plant = index("urn:hanse:plant");
  const found = (await session.browse(`ns=${machinery};i=1001`)).references;
  out.machines = found.map(one => one.browseName.name);
  const follow = async path => (await session.translateBrowsePath(makeBrowsePath(found[0].nodeId.toString(), path))).targets[0].targetId;
  const value = async id => (await session.read({ nodeId: id, attributeId: AttributeIds.Value })).value.value;
  out.asset_id = await value(await follow(`/${device}:Identification/${device}:AssetId`));
  out.machine_state = (await value(await follow(`/${machinery}:MachineryItemState/CurrentState`))).text;
  const nodes = options.nodes.map(name => ({ nodeId: `ns=${plant};s=${name}`, attributeId: AttributeIds.Value }));
  out.read = (await session.read(nodes)).length;
  out.unknown = (await session.read({ nodeId: `ns=${plant};s=no/such`, attributeId: AttributeIds.Value })).statusCode.name;
  const written = await session.write({ nodeId: nodes[0].nodeId, attributeId: AttributeIds.Value,
    value: { value: { dataType: DataType.Double, value: 1 } } }).catch(error => ({ name: String(error.message) }));
  out.write = (written.name.match(/Bad\w+/) || [written.name])[0];
  const subscription = await session.createSubscription2({ requestedPublishingInterval: 200, requestedMaxKeepAliveCount: 10,
    requestedLifetimeCount: 100, maxNotificationsPerPublish: 1000, publishingEnabled: true, priority: 1 });
  const group = ClientMonitoredItemGroup.create(subscription, nodes, { samplingInterval: 100, queueSize: 10, discardOldest: true },
    TimestampsToReturn.Both);
  const seen = new Set();
  out.changes = 0;
  group.on("changed", (item, data, at) => { seen.add(at); ++out.changes; });
  await pause(1000 * (options.seconds || 4));
  out.followed = seen.size;
  await subscription.terminate();
  return out;
}

(async () => {
  const out = {};
  const manager = new OPCUACertificateManager({ automaticallyAcceptUnknownCertificate: true, rootFolder: folder });
  const client = OPCUAClient.create({ applicationUri: "urn:node-opcua:client", applicationName: "node-opcua client", endpointMustExist: false,
    securityPolicy: POLICIES[options.policy || "none"], securityMode: MODES[options.mode || "none"], requestedSessionTimeout: 20000,
    connectionStrategy: { maxRetry: 0, initialDelay: 100 }, clientCertificateManager: manager, keepSessionAlive: true });
  try {
    await client.connect(url);
    out.endpoints = (await client.getEndpoints()).length;
    out.servers = (await client.findServers()).map(one => one.applicationUri);
    const session = await client.createSession(options.user
      ? { type: UserTokenType.UserName, userName: options.user, password: options.password } : undefined);
    Object.assign(out, await look(session));
    await session.close();
  } catch (error) {
    out.failed = String(error.message || error);
  }
  await client.disconnect().catch(() => {});
  console.log(JSON.stringify(out));
  process.exit(0);
})();
