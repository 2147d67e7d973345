// node-opcua as a client that follows values, for bench/opcua_peers_bench.py. Arguments: URL, seconds, variables.
globalThis.crypto ??= require("node:crypto").webcrypto; // Debian 12's Node 18 has it under a flag only.
const { OPCUAClient, AttributeIds, TimestampsToReturn, ClientMonitoredItemGroup } = require("node-opcua-client");

const [url, seconds, variables] = process.argv.slice(2);
const pause = ms => new Promise(done => setTimeout(done, ms));

(async () => {
  const client = OPCUAClient.create({ endpointMustExist: false, connectionStrategy: { maxRetry: 0 } });
  await client.connect(url);
  const session = await client.createSession();
  const subscription = await session.createSubscription2({ requestedPublishingInterval: 200, requestedMaxKeepAliveCount: 10,
    requestedLifetimeCount: 100, maxNotificationsPerPublish: 0, publishingEnabled: true, priority: 1 });
  const nodes = Array.from({ length: Number(variables) }, (_, i) => ({ nodeId: `ns=2;i=${i}`, attributeId: AttributeIds.Value }));
  const group = ClientMonitoredItemGroup.create(subscription, nodes, { samplingInterval: 50, queueSize: 10, discardOldest: true },
    TimestampsToReturn.Both);
  let values = 0;
  group.on("changed", () => ++values);
  await pause(3000);
  const before = values, begin = process.cpuUsage();
  await pause(1000 * Number(seconds));
  const used = process.cpuUsage(begin);
  console.log(JSON.stringify({ values: values - before, cpu_s: (used.user + used.system) / 1e6 }));
  process.exit(0);
})().catch(error => { console.error(error); process.exit(1); });
