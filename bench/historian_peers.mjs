// DuckDB or chDB (ClickHouse) in this process: loads a CSV of the wide table, flushes, groups by hour and host. Prints one line
// of JSON: CPU-seconds of the load, milliseconds of the query (median of 7).
import { createRequire } from "node:module";
import process from "node:process";

const [, , peer, csv, data] = process.argv;
const require = createRequire(import.meta.url);
const fields = Array.from({ length: 10 }, (_, i) => `f${i}`);

async function duckdb() {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const { mkdirSync } = await import("node:fs");
  mkdirSync(data);
  const connection = await (await DuckDBInstance.create(`${data}/bench.duckdb`)).connect();
  const columns = `{time:'BIGINT',host:'VARCHAR',${fields.map((f) => `${f}:'DOUBLE'`).join(",")}}`;
  return {
    load: async () => {
      await connection.run(`CREATE TABLE cpu AS SELECT * FROM read_csv('${csv}', header=true, columns=${columns}) ORDER BY host, time`);
      await connection.run("CHECKPOINT");
    },
    query: async () =>
      (await connection.runAndReadAll("SELECT time // 3600000000000 h, host, avg(f0) FROM cpu GROUP BY h, host")).getRows().length,
  };
}

async function chdb() {
  const { Session } = require("chdb");
  const session = new Session(data);
  const columns = ["time Int64 CODEC(DoubleDelta, ZSTD)", "host LowCardinality(String)", ...fields.map((f) => `${f} Float64 CODEC(Gorilla, ZSTD)`)];
  session.query("CREATE DATABASE IF NOT EXISTS bench");
  session.query(`CREATE TABLE bench.cpu (${columns.join(",")}) ENGINE = MergeTree ORDER BY (host, time)`);
  return {
    load: async () => {
      session.query(`INSERT INTO bench.cpu SELECT * FROM file('${csv}', 'CSVWithNames')`);
      session.query("OPTIMIZE TABLE bench.cpu FINAL");
    },
    query: async () =>
      session.query("SELECT intDiv(time, 3600000000000) h, host, avg(f0) FROM bench.cpu GROUP BY h, host", "CSV").trim().split("\n").length,
    // Parts that were merged away stay in the folder for minutes: only those in use count.
    bytes: () => Number(session.query("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench'", "CSV")),
  };
}

const engine = await (peer === "duckdb" ? duckdb() : chdb());
const before = process.cpuUsage();
await engine.load();
const used = process.cpuUsage(before);
const times = [];
for (let i = 0; i < 7; ++i) {
  const begin = performance.now();
  if ((await engine.query()) < 100) throw new Error("the query answers too little");
  times.push(performance.now() - begin);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ cpu_s: (used.user + used.system) / 1e6, groupby_ms: times[3], bytes: engine.bytes?.() }));
process.exit(0);
