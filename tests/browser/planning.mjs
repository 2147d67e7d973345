#!/usr/bin/env node
// A planner's morning: the board shows the demo's orders with what the machines do, an operation is dragged, locked and
// taken back, more is promised, a late order says why, the list at a machine is worked off, late material is told.
import { Browser, Node, expect, makeAdministrator, open as openUrl, runCases, shot, sizes, sound, until } from './browser.mjs';

const node = await new Node().start();
const browser = await Browser.start();
const page = await browser.page(node);
const read = (path) => page.evaluate((at) => fetch(at).then((answer) => answer.json()), `/api/v1/apps/scheduling${path}`);
const open = (path) => openUrl(page, node.url + path);
const hour = 3_600_000;

async function board() {
  await makeAdministrator(page, node.setup);
  const gantt = await until('a first schedule', async () => { const found = await read('/gantt'); return found.version > 0 && found; });
  expect(gantt.operations.length > 300, `${gantt.operations.length} operations`);
  await open('/scheduling');
  await page.locator('canvas').waitFor();
  await page.getByText(/\d+ operations/).first().waitFor();
  await page.getByRole('link', { name: 'Finisher' }).waitFor();
  await sound(page, 'the board');
  await shot(page, 'scheduling-board');
  // Something is drawn: the canvas isn't of one colour.
  const colours = await page.evaluate(() => {
    const canvas = document.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4 * 97) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
    return seen.size;
  });
  expect(colours > 6, `the board is drawn in ${colours} colours`);
}

async function drag() {
  const before = await read('/gantt');
  const now = Date.parse(before.now);
  const one = before.operations.find((o) => o.machine === 'cnc-08' && o.state === 'planned' && Date.parse(o.start) > now + 2 * hour && Date.parse(o.end) - Date.parse(o.start) > hour / 2);
  expect(one, 'an operation that can be moved');
  const from = Date.parse(one.start) - 2 * hour;
  const to = from + 10 * hour;
  await open(`/scheduling?find=Finisher&from=${from}&to=${to}`);
  const canvas = page.locator('canvas');
  await canvas.waitFor();
  const box = await canvas.boundingBox();
  const x = box.x + ((Date.parse(one.start) + Date.parse(one.end)) / 2 - from) / (to - from) * box.width;
  const y = box.y + 40 + 24 + 19;
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 1; step <= 8; step++) await page.mouse.move(x + (step * box.width) / 40, y);
  const tried = page.waitForResponse((answer) => answer.url().endsWith('/scheduling/move'));
  await page.mouse.move(x + box.width / 5 + 2, y);
  await tried;
  await shot(page, 'scheduling-drag');
  await page.mouse.up();
  await page.getByText(`Order ${one.order}, step ${one.step} moved`).waitFor();
  const moved = (await read('/gantt')).operations.find((o) => o.order === one.order && o.step === one.step);
  expect(moved.pinned && Date.parse(moved.start) > Date.parse(one.start) + hour, `moved to ${moved.start}`);
  await page.getByRole('heading', { name: `${one.order} · ${one.step}` }).waitFor();
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await page.getByText('Locked').first().waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
  await until('the lock to be gone', async () => { const now = (await read('/gantt')).operations.find((o) => o.order === one.order && o.step === one.step); return now && !now.locked; });
  await sound(page, 'the board after a move');
}

async function promise() {
  await open('/scheduling/orders');
  await page.locator('input[name=promise-quantity]').fill('200');
  await page.locator('select[name=promise-product]').selectOption('ventilator-basic');
  await page.locator('button[name=ask]').click();
  await page.getByText(/200 more by/).waitFor();
  await sound(page, 'orders');
  await shot(page, 'scheduling-orders');
  await page.locator('button[name=new-order]').click();
  await page.locator('dialog input[name=id]').fill('PO-NEW');
  await page.locator('dialog select[name=product]').selectOption('valve-block-a');
  await page.locator('dialog button[name=save]').click();
  await until('the new order on the board', async () => (await read('/gantt')).operations.some((o) => o.order === 'PO-NEW'));
}

async function machine() {
  await open('/scheduling/dispatch/cnc-08');
  const list = (await read('/dispatch?machine=cnc-08')).items;
  await page.getByText(list[0].order).first().waitFor();
  const first = page.locator('ol > li').first();
  await first.locator('input[name=parts]').fill('1');
  await first.getByRole('button', { name: 'Book' }).click();
  await page.getByText('1 parts booked').waitFor();
  await until('the part', async () => (await read('/dispatch?machine=cnc-08')).items.some((row) => row.good >= 1));
  await sound(page, 'a dispatch list');
  await shot(page, 'scheduling-dispatch');
}

async function told() {
  const waiting = (await read('/gantt')).operations.filter((o) => o.state === 'planned' && !o.pinned);
  const soon = waiting.sort((a, b) => Date.parse(a.start) - Date.parse(b.start))[0];
  await open('/scheduling');
  await page.locator('button[name=tell]').click();
  await page.locator('dialog select[name=kind]').selectOption('operator_absent');
  await page.getByText('No operators are recorded').waitFor();
  await page.getByRole('link', { name: /^Import them/ }).click();
  await page.getByText('or paste rows').click();
  await page.locator('textarea[name=import-rows]').fill('id,name,skills,count\nfitters,Fitters,"milling,set-up",0\n');
  await page.locator('button[name=import-check]').click();
  await page.getByText('count:').first().waitFor();
  await sound(page, 'a wrong import');
  await page.locator('textarea[name=import-rows]').fill('id,name,skills,count\nfitters,Fitters,"milling,set-up",3\n');
  await page.locator('button[name=import-check]').click();
  await page.getByText('will be created').waitFor();
  await shot(page, 'scheduling-import');
  await page.locator('button[name=import]').click();
  await until('the operators', async () => (await read('/operators')).items.some((one) => one.id === 'fitters' && one.count === 3));
  await open('/scheduling');
  await page.locator('button[name=tell]').click();
  await page.locator('dialog select[name=order]').selectOption(soon.order);
  await page.locator('dialog input[name=reason]').fill('the lorry broke down');
  await sound(page, 'what happened');
  await shot(page, 'scheduling-tell');
  await page.locator('dialog button[name=say]').click();
  await until('a schedule that answers it', async () => (await read('/versions?limit=20')).items.some((one) => one.why.includes('the lorry broke down')));
}

async function others() {
  for (const [path, name] of [['/scheduling/late', 'late'], ['/scheduling/load', 'load'], ['/scheduling/changes', 'changes']]) {
    await open(path);
    await sound(page, name);
    await shot(page, `scheduling-${name}`);
  }
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const dark of [false, true]) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await open('/scheduling');
      await page.locator('canvas').waitFor();
      await page.waitForTimeout(400);
      await sound(page, `the board, ${size}`);
      await shot(page, `scheduling-${size}-${dark ? 'dark' : 'light'}`);
    }
  }
}

await runCases(browser, { board, drag, promise, machine, told, others }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
