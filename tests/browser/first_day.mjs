#!/usr/bin/env node
// A newcomer's first day, chapter by chapter as in docs/tutorial: install, connect, organise, see. Each sentence there that
// names something to do or to see is done and seen here, in the same order.
import { join } from 'node:path';
import { Browser, Node, expect, figure, makeAdministrator, open as openUrl, password, pause, root, runCases, settled, shot, signedIn, sizes, sound, startSimulation, tutorialShots, until } from './browser.mjs';

const node = await new Node().start();
const browser = await Browser.start();
const simulation = await startSimulation();
const page = await browser.page(node);
let state;

const read = (path) => page.evaluate((at) => fetch(at).then((answer) => answer.json()), `/api/v1${path}`);
const machines = async () => (await read('/apps/performance/board')).lines.flatMap((line) => line.machines);
/** A machine of the node's own simulated plant that produces now. */
const producing = () => until('a machine that produces', async () => {
  const simulated = new Set((await read('/simulation')).machines.map((one) => one.asset));
  return (await machines()).find((one) => one.state === 'producing' && simulated.has(one.asset));
});
const open = (path) => openUrl(page, node.url + path);

/** Pictures of the tutorial show a plant that has run for a while. */
const history = () => (tutorialShots ? pause(11 * 60_000) : undefined);

async function install() {
  expect(node.setup, `no set-up link on the console:\n${node.program.text}`);
  await page.goto(node.setup);
  await page.locator('input[name=name]').fill('anna');
  await page.locator('input[name=password]').fill('short');
  await page.getByText('Use at least 12 characters.').waitFor();
  await shot(page, 'install-first-start');
  await makeAdministrator(page, node.setup);
  state = await page.context().storageState();
  await until('every line on the board', async () => (await machines()).filter((one) => one.state !== 'offline').length >= 18, 120_000);
  await history();
  await open('/');
  await page.getByText(/machines are (down|producing)|is down/).first().waitFor();
  await page.getByText(/things? needs? you|Nothing needs you/).waitFor();
  expect((await page.locator('main .tile').count()) >= 18, 'the overview has a tile for each machine');
  await sound(page, 'overview');
  await figure(page, 'overview');
  // The link works once.
  await page.goto(node.setup);
  await page.getByText('This node has its first administrator').waitFor();
}

async function connect() {
  await open('/connect');
  await page.getByRole('link', { name: 'Connect a machine' }).click();
  await page.locator('[data-protocol=mtconnect]').click();
  await page.locator('form input[name=url]').fill(`http://127.0.0.1:${simulation.facts.mtconnect_port}`);
  await page.locator('button[name=test]').click();
  await page.getByText(/It answers: \d+ values of 8 devices/).waitFor();
  await page.getByRole('cell', { name: 'cnc-01' }).first().waitFor();
  await sound(page, 'the test of a connection');
  await figure(page, 'connect-test');
  expect((await read('/connections')).items.every((one) => one.id !== 'second-plant'), 'a test keeps nothing');
  await page.locator('button[name=next]').click();
  await page.locator('input[name=name]').fill('Second plant');
  await page.locator('select[name=template]').selectOption('simulated-machine');
  await page.locator('select[name=asset]').selectOption('new');
  await page.locator('input[name=line]').fill('Second machining');
  await page.locator('select[name=above]').selectOption({ label: 'Production' });
  await shot(page, 'connect-place');
  await page.locator('button[name=save]').click();
  await page.waitForURL(/\/connect\/second-plant$/);
  await until('an active connection', async () => {
    const health = await read('/connections/second-plant/health');
    return health.health === 'active' && health.samples > 0;
  });
  await page.getByText('Active').first().waitFor();
  await page.getByRole('heading', { name: 'What happened' }).waitFor();
  await shot(page, 'connect-health');
  // Its eight machines stand under the new line, with the template's signals under their meaning.
  const devices = await until('its machines in the plant', async () => {
    const found = (await read('/assets?parent=second-machining&limit=100')).items;
    return found.length === 8 && found;
  });
  const signals = (await read(`/signals?asset=${devices[0].id}&limit=100`)).items;
  expect(signals.some((one) => one.meaning === 'execution') && signals.some((one) => one.meaning === 'part_count'), 'the template gave the values their meaning');
  // Many machines of one kind: each row's fate before anything is written.
  await open('/plant?show=import');
  await page.locator('select').first().selectOption('machines');
  await page.locator('input[type=file]').setInputFiles(join(root, 'scenarios/import/machines.csv'));
  await page.locator('table[aria-label=import] td, [aria-label=import] td').first().waitFor();
  await sound(page, 'import');
  await shot(page, 'connect-import');
  expect((await read('/assets?limit=1000')).items.every((one) => one.name !== 'Press 1' || one.serial !== 'P-77'), 'a dry run writes nothing');
}

async function wrongAddressIsExplained() {
  await open('/connect/new');
  await page.locator('[data-protocol=modbus]').click();
  await page.locator('form input[name=host]').fill('127.0.0.1');
  await page.locator('form input[name=port]').fill('1');
  await page.locator('button[name=test]').click();
  const said = page.locator('[role=alert]').first();
  await said.waitFor();
  expect(/127\.0\.0\.1/.test(await said.innerText()), `the problem names what was tried: ${await said.innerText()}`);
  await shot(page, 'connect-refused');
}

async function organise() {
  await open('/plant');
  await page.getByRole('button', { name: 'Add equipment' }).click();
  await page.locator('dialog input[name=name]').fill('Tool room');
  await page.locator('dialog select[name=level]').selectOption('area');
  expect((await page.locator('dialog select[name=parent] option').allInnerTexts()).every((name) => name !== 'Machining'), 'an area is not offered a place in a line');
  await page.locator('dialog select[name=parent]').selectOption({ label: 'Lübeck' });
  await page.locator('dialog button.main').click();
  await page.waitForURL(/\/plant\/tool-room$/);
  // A change can be undone from the message that confirms it.
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the area is gone', async () => (await read('/assets?limit=1000')).items.every((one) => one.id !== 'tool-room'));

  const machine = await producing();
  await open(`/plant/${machine.asset}?from=-10m`);
  await page.locator('canvas').first().waitFor();
  await page.locator('section[aria-label="Live values"] .now').first().waitFor();
  await sound(page, 'the page of a machine');
  await figure(page, 'machine');
  // The range is in the address, and a year costs what an hour costs.
  const [answer] = await Promise.all([
    page.waitForResponse((one) => one.url().includes('/history/chart') && new URL(one.url()).searchParams.get('pixels') > 200),
    page.getByRole('button', { name: '1 year' }).click(),
  ]);
  expect(new URL(page.url()).searchParams.get('from') === '-1y', 'the range is in the address');
  const pixels = Number(new URL(answer.url()).searchParams.get('pixels'));
  for (const series of (await answer.json()).series) expect(series.t.length <= 2 * pixels, `${series.t.length} points for ${pixels} pixels`);
  const box = await page.locator('.u-over').first().boundingBox();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.95, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/from=\d+&to=\d+/);
  await page.getByRole('link', { name: 'Signals' }).click();
  await page.getByRole('cell', { name: 'Execution' }).first().waitFor();

  for (const [list, known] of [['calendars', 'Three shifts'], ['products', 'Housing A'], ['reasons', 'Starved']]) {
    await open(`/plant?show=${list}`);
    await page.getByRole('cell', { name: known, exact: true }).first().waitFor();
  }
  // Rows with a fault are shown with it; nothing is written until they are right.
  await open('/plant?show=import');
  await page.locator('select').first().selectOption('products');
  await page.getByText('or paste rows').click();
  const rows = (cycle) => page.locator('textarea').fill(`id,name,ideal_cycle_s\nbracket-12,Bracket 12 mm,${cycle}\n`);
  await rows('quick');
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('cell', { name: 'wrong', exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled(), 'wrong rows can not be imported');
  await rows('12.5');
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('cell', { name: 'will be created' }).waitFor();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('cell', { name: 'created', exact: true }).waitFor();
  await until('the product', async () => (await read('/products?limit=1000')).items.some((one) => one.id === 'bracket-12'));
  await shot(page, 'organise-import');

  await open('/admin/journal?actor=user:anna');
  await page.getByRole('cell', { name: 'tool-room' }).first().waitFor();
  await page.getByRole('button', { name: 'Check the chain' }).click();
  await page.getByText('The chain is intact').waitFor();
  await shot(page, 'organise-journal');
}

async function see() {
  const victim = await producing();
  const tellsOf = `/apps/performance/assets/${victim.asset}/downtimes?from=${new Date(Date.now() - 3_600_000).toISOString()}`;
  await open('/simulation');
  await page.locator('select[name=asset]').selectOption(victim.asset);
  await page.locator('button[name=break]').click();
  await page.getByRole('heading', { name: 'On now' }).waitFor();
  await until(`${victim.asset} is down`, async () => (await machines()).find((one) => one.asset === victim.asset)?.state === 'down');
  await open('/performance');
  await page.locator('.machine.down').filter({ hasText: victim.name }).waitFor();
  await sound(page, 'the line board');
  await figure(page, 'board');
  await page.getByRole('button', { name: 'Shop-floor mode' }).last().click();
  await page.locator('nav.floor').waitFor();
  await sound(page, 'the line board in shop-floor mode');
  await shot(page, 'see-shop-floor');
  await page.getByRole('button', { name: 'Leave shop-floor mode' }).click();
  await page.locator('.machine.down').filter({ hasText: victim.name }).click();
  await page.waitForURL(new RegExp(`/performance/${victim.asset}$`));
  const stop = page.locator('section[aria-label=Stops] li').filter({ hasText: 'still stands' });
  await stop.getByRole('button', { name: /Change|Give a reason/ }).click();
  await page.getByText('Why did it stand?').waitFor();
  await shot(page, 'see-reason');
  const reason = page.locator('dialog [data-reason]').first();
  const [id, name] = [await reason.getAttribute('data-reason'), await reason.innerText()];
  await reason.click();
  await until(`the stop and the Pareto have the reason ${id}`, async () => {
    const told = await read(tellsOf);
    return told.stops.some((one) => one.reason === id) && told.pareto.some((bar) => bar.reason === id);
  });
  await page.locator('section[aria-label=Stops] li').filter({ hasText: name }).first().waitFor();
  await page.locator('[role=img][aria-label="Why it stood"] svg').getByText(name.slice(0, 8)).first().waitFor();
  await page.locator('[role=img][aria-label="Where the time went"] svg').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await open(`/performance/${victim.asset}?from=-10m`);
  await page.locator('[role=img][aria-label="Why it stood"] svg').waitFor();
  await sound(page, 'the report of a machine');
  await figure(page, 'report');
  // A figure opens down to the events that it was made of.
  await page.locator('button.figure').filter({ hasText: 'Availability' }).first().click();
  await page.getByText('Events behind it').waitFor();
  await page.locator('dialog td').first().waitFor();
  await shot(page, 'see-events');
}

async function everyPageAtEverySize() {
  const [machine] = await machines();
  const paths = ['/', '/plant', `/plant/${machine.asset}`, '/plant?show=products', '/connect', '/connect/second-plant', '/connect/new', '/performance',
    `/performance/${machine.asset}`, '/simulation', '/admin/users', '/admin/tokens', '/admin/journal', '/admin/settings', '/admin/about'];
  for (const [size, dark] of [['desk', true], ['tablet', false], ['phone', true]]) {
    const other = await browser.page(node, { size, dark, state });
    for (const path of paths) {
      await openUrl(other, node.url + path);
      await sound(other, `${path} at ${sizes[size].width} px`);
      await shot(other, `page-${size}-${dark ? 'dark' : 'light'}${path.replace(/[^a-z0-9]+/g, '-')}`);
    }
    await other.context().close();
  }
}

async function inGerman() {
  const other = await browser.page(node, { size: 'tablet', state, locale: 'de-DE' });
  await openUrl(other, node.url + '/performance');
  await other.getByText('Alle Linien').first().waitFor({ state: 'attached' });
  for (const path of ['/', '/performance', '/connect', '/admin/users']) {
    await openUrl(other, node.url + path);
    await sound(other, `${path} in German`);
    await shot(other, `german${path.replace(/[^a-z0-9]+/g, '-')}`);
  }
  await other.locator('nav.tabs').getByText('Benutzer').waitFor();
  await other.getByRole('button', { name: 'Sprache' }).click();
  await other.locator('nav.tabs').getByText('Users').waitFor();
  await other.context().close();
}

/** Presses Tab until the focus is where it should be, and sees on the way that it can be seen. */
async function tabTo(keyboardPage, selector, most = 60) {
  for (let press = 0; press < most; press++) {
    await keyboardPage.keyboard.press('Tab');
    const [there, seen, what] = await keyboardPage.evaluate((wanted) => {
      const element = document.activeElement;
      const style = getComputedStyle(element);
      return [element.matches(wanted), element === document.body || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2), element.outerHTML.slice(0, 120)];
    }, selector);
    expect(seen, `the focus can't be seen on ${what}`);
    if (there) return;
  }
  throw new Error(`${most} times Tab did not lead to ${selector}`);
}

async function byKeyboardOnly() {
  const other = await browser.page(node);
  const keys = other.keyboard;
  await other.goto(node.url);
  await other.locator('input[name=password]').waitFor();
  await tabTo(other, 'input[name=name]');
  await keys.type('anna');
  await tabTo(other, 'input[name=password]');
  await keys.type(password);
  await keys.press('Enter');
  await signedIn(other);
  const machine = (await machines()).find((one) => one.name === 'Mill 2');
  await keys.press('Control+k');
  await other.getByRole('combobox', { name: 'Find' }).waitFor();
  await keys.type('Mill 2');
  await other.locator(`[role=option][aria-selected=true]`).filter({ hasText: 'Mill 2' }).waitFor();
  await keys.press('Enter');
  await other.waitForURL(new RegExp(`/plant/${machine.asset}$`));
  await other.getByRole('heading', { level: 1, name: 'Mill 2' }).waitFor();
  await settled(other);
  await tabTo(other, 'nav.tabs a[href$="show=events"]', 120);
  await keys.press('Enter');
  await other.waitForURL(/show=events/);
  // Closing the palette gives the focus back; the rows of a table open by Enter.
  await keys.press('Control+k');
  await other.getByRole('combobox', { name: 'Find' }).waitFor();
  await keys.press('Escape');
  expect(await other.evaluate(() => document.activeElement.matches('nav.tabs a')), 'the focus is back where it was');
  await keys.press('Control+k');
  await other.getByRole('combobox', { name: 'Find' }).waitFor();
  await keys.type('Connect');
  await keys.press('Enter');
  await other.waitForURL(/\/connect$/);
  await settled(other);
  await tabTo(other, 'tbody tr');
  await shot(other, 'keyboard-row');
  await keys.press('Enter');
  await other.waitForURL(/\/connect\/./);
  await sound(other, 'by keyboard');
  await other.context().close();
}

async function aViewerSeesAndChangesNothing() {
  await open('/admin/users');
  await page.getByRole('button', { name: 'Add a user' }).click();
  await page.locator('dialog input[name=name]').fill('viktor');
  await page.locator('dialog input[name=password]').fill(password);
  await page.locator('dialog button.main').click();
  await page.getByRole('cell', { name: 'viktor' }).first().waitFor();
  const other = await browser.page(node, { size: 'tablet' });
  await other.goto(node.url);
  await other.locator('input[name=name]').fill('viktor');
  await other.locator('input[name=password]').fill('not this one at all');
  await other.locator('button.main').click();
  await other.getByText('Name or password is wrong.').waitFor();
  await other.locator('input[name=password]').fill(password);
  await other.locator('button.main').click();
  await signedIn(other);
  expect((await other.locator('main .tile').count()) >= 18, 'a viewer sees the machines');
  const [machine] = await machines();
  const forbidden = { '/plant': 'Add equipment', '/connect': 'Connect a machine', [`/plant/${machine.asset}`]: 'Edit', [`/performance/${machine.asset}`]: 'Give a reason' };
  for (const [path, act] of Object.entries(forbidden)) {
    await openUrl(other, node.url + path);
    expect((await other.locator('main').getByText(act, { exact: true }).count()) === 0, `${path} offers a viewer '${act}'`);
    await sound(other, `${path} for a viewer`);
    await shot(other, `viewer${path.replace(/[^a-z0-9]+/g, '-')}`);
  }
  await openUrl(other, node.url + '/simulation');
  expect(await other.locator('button[name=break]').isDisabled(), 'a viewer may not break a machine');
  await openUrl(other, node.url + '/admin');
  expect((await other.locator('nav.tabs a').allInnerTexts()).join() === 'About', 'a viewer has no tab of administration but About');
  await openUrl(other, node.url + '/admin/users');
  await other.getByText('You may not do this.').waitFor();
  await shot(other, 'viewer-no-permission');
  // What the pages don't offer the node doesn't do either.
  const status = await other.evaluate((asset) => fetch(`/api/v1/assets/${asset}`, { method: 'DELETE', headers: { 'X-Hanse-Csrf': '1' } }).then((answer) => answer.status), machine.asset);
  expect(status === 403, `deleting a machine answers a viewer ${status}`);
  await other.context().close();
}

async function aLostNodeIsAQuietBar() {
  const other = await browser.page(node, { state });
  await openUrl(other, node.url + '/performance');
  const port = new URL(node.url).port;
  await node.stop();
  await other.getByText('No live values since').waitFor({ timeout: 60_000 });
  expect((await other.locator('.machine').count()) >= 18, 'what was known stays on the screen');
  await shot(other, 'failing-node-gone');
  await node.start(port);
  await other.getByText('No live values since').waitFor({ state: 'detached', timeout: 90_000 });
  await shot(other, 'failing-node-back');
  await other.context().close();
}

await runCases(browser, { install, connect, wrongAddressIsExplained, organise, see, everyPageAtEverySize, inGerman, byKeyboardOnly, aViewerSeesAndChangesNothing, aLostNodeIsAQuietBar }, async () => {
  await browser.stop();
  await simulation.stop();
  await node.stop();
  node.forget();
});
