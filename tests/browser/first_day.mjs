#!/usr/bin/env node
// A newcomer's first day, chapter by chapter as in docs/tutorial: install, connect, organise, see. Then the pages at all
// sizes, and what a person sees when the node is gone.
import { Browser, Node, expect, password, runCases, shot, sizes, sound, startSimulation, until } from './browser.mjs';

const node = await new Node().start();
const browser = await Browser.start();
const simulation = await startSimulation();
const page = await browser.page(node);
let state;

const board = () => page.evaluate(() => fetch('/api/v1/apps/performance/board').then((answer) => answer.json()));
const machines = async () => (await board()).lines.flatMap((line) => line.machines);
const open = async (path) => {
  await page.goto(node.url + path);
  await page.locator('main h1').first().waitFor();
};

async function install() {
  expect(node.setup, `no set-up link on the console:\n${node.program.text}`);
  await page.goto(node.setup);
  await page.locator('input[name=name]').fill('anna');
  await page.locator('input[name=password]').fill('short');
  await page.locator('input[name=again]').fill('short');
  await page.getByText('Use at least 12 characters.').waitFor();
  await shot(page, 'install-first-start');
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=again]').fill(password);
  await page.locator('button.main').click();
  await page.locator('nav.rail').waitFor();
  state = await page.context().storageState();
  await until('every line on the board', async () => (await machines()).filter((one) => one.state !== 'offline').length >= 18, 120_000);
  await open('/');
  await sound(page, 'overview');
  await shot(page, 'install-overview');
  // The link works once.
  await page.goto(node.setup);
  await page.getByText('This node has its first administrator').waitFor();
}

async function connect() {
  await open('/connect/new');
  await page.locator('[data-protocol=mtconnect]').click();
  await page.locator('form input').first().waitFor();
  const url = `http://127.0.0.1:${simulation.facts.mtconnect_port}`;
  await page.locator('form').getByLabel('url', { exact: false }).first().fill(url);
  await shot(page, 'connect-address');
  await page.locator('button[name=test]').click();
  await page.getByText(/It answers: \d+ values of \d+ devices/).waitFor();
  await sound(page, 'the test of a connection');
  await shot(page, 'connect-test');
  await page.locator('button[name=next]').click();
  await page.locator('input[name=name]').fill('Second plant');
  await page.locator('select[name=template]').selectOption('simulated-machine');
  await page.locator('button[name=save]').click();
  await page.waitForURL(/\/connect\/second-plant$/);
  await until('an active connection', async () => {
    const health = await page.evaluate(() => fetch('/api/v1/connections/second-plant/health').then((answer) => answer.json()));
    return health.health === 'active' && health.samples > 0;
  });
  await page.reload();
  await page.getByText('Active').first().waitFor();
  await shot(page, 'connect-health');
}

async function wrongAddressIsExplained() {
  await open('/connect/new');
  await page.locator('[data-protocol=modbus]').click();
  await page.locator('button[name=test]').waitFor();
  await page.locator('form').getByLabel('host', { exact: false }).first().fill('127.0.0.1');
  await page.locator('form').getByLabel('port', { exact: false }).first().fill('1');
  await page.locator('button[name=test]').click();
  await page.locator('[role=alert]').first().waitFor();
  await shot(page, 'connect-refused');
}

async function organise() {
  await open('/plant');
  await page.getByRole('button', { name: 'Add equipment' }).click();
  await page.locator('dialog input[name=name]').fill('Tool room');
  await page.locator('dialog select[name=level]').selectOption('area');
  const parent = await page.locator('dialog select[name=parent] option').nth(1).getAttribute('value');
  await page.locator('dialog select[name=parent]').selectOption(parent);
  await page.locator('dialog button.main').click();
  await page.waitForURL(/\/plant\/tool-room$/);
  await open('/plant?show=import');
  await sound(page, 'import');
  await shot(page, 'organise-import');
  await open('/plant');
  const [machine] = (await machines()).filter((one) => one.state === 'producing');
  await open(`/plant/${machine.asset}`);
  await page.locator('canvas').first().waitFor();
  await sound(page, 'the page of a machine');
  await shot(page, 'organise-machine');
}

async function see() {
  const victim = await until('a machine that produces', async () => (await machines()).find((one) => one.state === 'producing'));
  await open('/simulation');
  await page.locator('select[name=asset]').selectOption(victim.asset);
  await page.locator('button[name=break]').click();
  await until(`${victim.asset} is down`, async () => (await machines()).find((one) => one.asset === victim.asset)?.state === 'down', 60_000);
  await open('/performance');
  await page.locator('.machine.down').first().waitFor();
  await sound(page, 'the line board');
  await shot(page, 'see-board');
  await open(`/performance/${victim.asset}`);
  const stop = page.locator('section[aria-label=Stops] li').first();
  await stop.waitFor();
  await stop.getByRole('button').click();
  await page.getByText('Why did it stand?').waitFor();
  await shot(page, 'see-reason');
  await page.locator('dialog button').filter({ hasText: /\w/ }).nth(1).click();
  await until('a reason on the stop', async () => {
    const told = await page.evaluate((asset) => fetch(`/api/v1/apps/performance/assets/${asset}/downtimes?from=${new Date(Date.now() - 3_600_000).toISOString()}`).then((answer) => answer.json()), victim.asset);
    return told.stops.some((one) => one.reason) && told.pareto.some((bar) => bar.reason);
  });
  await open(`/performance/${victim.asset}`);
  await page.locator('canvas').first().waitFor();
  await sound(page, 'the report of a machine');
  await shot(page, 'see-report');
}

async function everyPageAtEverySize() {
  const [machine] = await machines();
  const paths = ['/', '/plant', `/plant/${machine.asset}`, '/plant?show=products', '/connect', '/connect/new', '/performance',
    `/performance/${machine.asset}`, '/simulation', '/admin/users', '/admin/tokens', '/admin/journal', '/admin/settings', '/admin/about'];
  for (const [size, dark] of [['desk', true], ['tablet', false], ['phone', true]]) {
    const other = await browser.page(node, { size, dark, state });
    for (const path of paths) {
      await other.goto(node.url + path);
      await other.locator('main h1').first().waitFor();
      await other.waitForTimeout(400);
      await sound(other, `${path} at ${sizes[size].width} px`);
      await shot(other, `page-${size}-${dark ? 'dark' : 'light'}${path.replace(/[^a-z0-9]+/g, '-')}`);
    }
    await other.context().close();
  }
}

async function aLostNodeIsAQuietBar() {
  const other = await browser.page(node, { state });
  await other.goto(node.url + '/performance');
  await other.locator('main h1').first().waitFor();
  const port = new URL(node.url).port;
  await node.stop();
  await other.getByText('No live values since').waitFor({ timeout: 60_000 });
  await shot(other, 'failing-node-gone');
  await node.start(port);
  await other.getByText('No live values since').waitFor({ state: 'detached', timeout: 90_000 });
  await shot(other, 'failing-node-back');
  await other.context().close();
}

await runCases({ install, connect, wrongAddressIsExplained, organise, see, everyPageAtEverySize, aLostNodeIsAQuietBar }, async () => {
  await browser.stop();
  await simulation.stop();
  await node.stop();
  node.forget();
});
