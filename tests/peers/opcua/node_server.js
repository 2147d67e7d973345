// An OPC UA server to test against: node-opcua. Arguments: port, folder for its certificates, options as JSON:
// {"variables": n, "changing": ms, "spaces": ["urn:extra"], "history": bool, "alarms": bool, "subscriptions": n}: with
// alarms `Press1.Level` swings over its limit and back, `subscriptions` is how many a session may have. Prints "up" when
// it can be reached.
globalThis.crypto ??= require("node:crypto").webcrypto; // Debian 12's Node 18 has it under a flag only.
const { OPCUAServer } = require("node-opcua-server");
const { Variant, DataType, VariantArrayType, MessageSecurityMode, SecurityPolicy, StatusCodes } = require("node-opcua-client");
const { OPCUACertificateManager } = require("node-opcua-certificate-manager");

const [port, folder, text] = process.argv.slice(2);
const options = JSON.parse(text || "{}");

(async () => {
  const server = new OPCUAServer({
    port: Number(port), hostname: "127.0.0.1",
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes128_Sha256_RsaOaep,
      SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true, maxConnectionsPerEndpoint: 50,
    userManager: { isValidUser: (user, password) => user === "op" && password === "secret" },
    serverCertificateManager: new OPCUACertificateManager({
      automaticallyAcceptUnknownCertificate: true, rootFolder: folder }),
    userCertificateManager: new OPCUACertificateManager({
      automaticallyAcceptUnknownCertificate: true, rootFolder: folder + "-users" }),
    serverCapabilities: { maxSessions: 20 },
  });
  await server.initialize();
  if (options.subscriptions !== undefined) server.engine.serverCapabilities.maxSubscriptionsPerSession = options.subscriptions;
  const space = server.engine.addressSpace;
  for (const uri of options.spaces || []) space.registerNamespace(uri);
  const own = space.registerNamespace("urn:press");
  const press = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Press1", nodeId: "s=Press1",
    ...(options.alarms ? { notifierOf: space.rootFolder.objects.server } : {}) });
  const add = (name, dataType, value, more) => own.addVariable(
    { componentOf: press, browseName: name, nodeId: "s=Press1." + name, dataType, value: { dataType, value }, ...more });
  let count = 0;
  const counter = add("Counter", "UInt32", 0);
  const temperature = own.addAnalogDataItem({
    componentOf: press, browseName: "Temp", nodeId: "s=Press1.Temp", dataType: "Double", engineeringUnitsRange: { low: 0, high: 200 },
    engineeringUnits: require("node-opcua-data-access").standardUnits.degree_celsius, value: { dataType: "Double", value: 20 } });
  add("Name", "String", "press one");
  add("Running", "Boolean", true);
  add("Target", "Double", 1);
  const sum = own.addMethod(press, { browseName: "Add", nodeId: "s=Press1.Add",
    inputArguments: [{ name: "A", dataType: DataType.UInt32 }, { name: "B", dataType: DataType.UInt32 }],
    outputArguments: [{ name: "Sum", dataType: DataType.UInt32 }] });
  sum.bindMethod((given, context, answer) => answer(null, { statusCode: StatusCodes.Good,
    outputArguments: [new Variant({ dataType: DataType.UInt32, value: given[0].value + given[1].value })] }));
  own.addVariable({ componentOf: press, browseName: "Big", nodeId: "s=Press1.Big", dataType: "Int64",
    value: { dataType: "Int64", arrayType: VariantArrayType.Scalar, value: [0, 42] } });
  own.addVariable({ componentOf: press, browseName: "Zones", nodeId: "s=Press1.Zones", dataType: "Double", valueRank: 1,
    value: { dataType: "Double", arrayType: VariantArrayType.Array, value: [1.5, 2.5, 3.5] } });
  own.addVariable({ componentOf: press, browseName: "Matrix", nodeId: "s=Press1.Matrix", dataType: "Int16", valueRank: 2, arrayDimensions: [0, 0],
    value: new Variant({ dataType: DataType.Int16, arrayType: VariantArrayType.Matrix, dimensions: [2, 2], value: Int16Array.of(1, 2, 3, 4) }) });
  if (options.alarms) {
    space.installAlarmsAndConditionsService();
    const level = own.addVariable({ componentOf: press, browseName: "Level", nodeId: "s=Press1.Level", dataType: "Double",
      eventSourceOf: press, value: { dataType: "Double", value: 5 } });
    own.instantiateNonExclusiveLimitAlarm("NonExclusiveLimitAlarmType", { browseName: "LevelAlarm", conditionName: "LevelAlarm", conditionSource: level,
      inputNode: level, lowLowLimit: -10, lowLimit: 1, highLimit: 10, highHighLimit: 100 });
    let high = false;
    setInterval(() => { high = !high; level.setValueFromSource({ dataType: "Double", value: high ? 20 : 5 }); }, 1500);
  }
  if (options.history) space.installHistoricalDataNode(counter, { maxOnlineValues: 10000 });
  if (options.variables) {
    const many = own.addObject({ organizedBy: space.rootFolder.objects, browseName: "Many", nodeId: "s=Many" });
    const all = [];
    for (let i = 0; i < options.variables; ++i) {
      all.push(own.addVariable({ componentOf: many, browseName: "V" + i, nodeId: "s=V" + i, dataType: "Double",
        value: { dataType: "Double", value: i } }));
    }
    let round = 0;
    const change = () => { ++round; all.forEach((one, i) => one.setValueFromSource({ dataType: "Double", value: i + round })); };
    if (options.changing) setInterval(change, options.changing);
  }
  setInterval(() => counter.setValueFromSource({ dataType: "UInt32", value: ++count }), options.interval || 100);
  setInterval(() => temperature.setValueFromSource({ dataType: "Double", value: 20 + (count % 10) }), 200);
  await server.start();
  console.log("up");
})().catch(error => { console.error(error); process.exit(1); });
