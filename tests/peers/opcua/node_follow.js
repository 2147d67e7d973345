// Follows all of a server's V0 to Vn-1 with node-opcua-client, for the benchmark. Arguments: URL, n. Prints `values <count>`
// each second, and `back <count>` when values come again after a second of silence. With `browse` in place of n it finds and
// reads all below `Many`, prints `browsed <count> <seconds>` and ends.
globalThis.crypto ??= require("node:crypto").webcrypto; // Debian 12's Node 18 has it under a flag only.
const { OPCUAClient, AttributeIds, TimestampsToReturn, ClientMonitoredItemGroup } = require("node-opcua-client");

const [url, count] = process.argv.slice(2);
let values = 0, heard = 0, told = 0;

function came() {
  ++values;
  const now = Date.now();
  if (now - heard > 1000) console.log("back", values);
  if (now - told > 1000) { console.log("values", values); told = now; }
  heard = now;
}

async function browse(client) {
  const began = Date.now();
  await client.connect(url);
  const session = await client.createSession();
  const index = (await session.readNamespaceArray()).indexOf("urn:press");
  let found = await session.browse({ nodeId: `ns=${index};s=Many`, referenceTypeId: "HierarchicalReferences", includeSubtypes: true,
    browseDirection: 0, nodeClassMask: 2, resultMask: 63 });
  const nodes = [...found.references];
  while (found.continuationPoint && found.continuationPoint.length) {
    found = await session.browseNext(found.continuationPoint, false);
    nodes.push(...found.references);
  }
  let read = 0;
  for (let first = 0; first < nodes.length; first += 1000) {
    const some = nodes.slice(first, first + 1000).map(one => ({ nodeId: one.nodeId, attributeId: AttributeIds.Value }));
    read += (await session.read(some)).length;
  }
  console.log("browsed", read, (Date.now() - began) / 1000);
  process.exit(0);
}

(async () => {
  const client = OPCUAClient.create({ endpointMustExist: false, keepSessionAlive: true,
    connectionStrategy: { maxRetry: -1, initialDelay: 250, maxDelay: 2000 } });
  if (count === "browse") return browse(client);
  await client.connect(url);
  const session = await client.createSession();
  const index = (await session.readNamespaceArray()).indexOf("urn:press");
  const subscription = await session.createSubscription2({ requestedPublishingInterval: 500, requestedMaxKeepAliveCount: 10,
    requestedLifetimeCount: 600, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 1 });
  for (let first = 0; first < Number(count); first += 1000) {
    const nodes = [...Array(Math.min(1000, count - first)).keys()].map(i => (
      { nodeId: `ns=${index};s=V${first + i}`, attributeId: AttributeIds.Value }));
    ClientMonitoredItemGroup.create(subscription, nodes, { samplingInterval: 100, queueSize: 10, discardOldest: true },
      TimestampsToReturn.Both).on("changed", came);
  }
})().catch(error => { console.error(error); process.exit(1); });
