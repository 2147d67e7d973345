#!/usr/bin/env node
// A node with nothing in it: what its pages teach, and the way from there to the first machine.
import { Browser, Node, expect, makeAdministrator, open as openUrl, runCases, shot, sound, until } from './browser.mjs';

const node = await new Node('serve').start();
const browser = await Browser.start();
const page = await browser.page(node);
const open = (path) => openUrl(page, node.url + path);

async function eachStartVoidsTheLinkBefore() {
  const old = node.setup;
  expect(old, `no set-up link on the console:\n${node.program.text}`);
  await node.stop();
  await node.start(new URL(node.url).port);
  expect(node.setup && node.setup !== old, 'a new start prints a new link');
  await page.goto(old);
  await page.locator('input[name=name]').fill('mallory');
  await page.locator('input[name=password]').fill('a long enough password');
  await page.locator('input[name=again]').fill('a long enough password');
  await page.locator('button.main').click();
  await page.getByText('This link does not work any more.').waitFor();
  await shot(page, 'empty-void-link');
  await makeAdministrator(page, node.setup);
}

async function emptyPagesTeach() {
  const pages = { '/': 'your machines', '/plant': 'your equipment', '/connect': 'your connections', '/performance': 'every line', '/admin/tokens': 'access tokens',
    '/plant?show=calendars': 'shift calendars', '/plant?show=products': 'what is made', '/plant?show=reasons': 'reason codes' };
  for (const [path, what] of Object.entries(pages)) {
    await open(path);
    const lesson = page.locator('.empty');
    await lesson.getByText(`Here you will see ${what}`).waitFor();
    expect((await lesson.locator('button, a').count()) >= 1, `${path} has a button that changes its emptiness`);
    await sound(page, `${path} of an empty node`);
    await shot(page, `empty${path.replace(/[^a-z0-9]+/g, '-')}`);
  }
  expect((await page.locator('nav.rail a[href="/simulation"]').count()) === 0, 'without a simulated plant there is no page for it');
  await open('/plant/no-such-machine');
  await page.getByText('There is no equipment with this id').waitFor();
  await open('/no-such-page');
  await page.getByText('There is no such page').waitFor();
}

async function fromNothingToTheFirstMachine() {
  await open('/');
  await page.locator('.empty a').click();
  await page.locator('[data-protocol=simulated]').click();
  await page.locator('button[name=test]').click();
  await page.getByText(/It answers: \d+ values/).waitFor();
  await page.locator('button[name=next]').click();
  // Its source names no devices, so it is one machine; nowhere is one yet, so it is made on the way.
  await page.locator('input[name=name]').fill('First machine');
  await page.locator('input[name=line]').fill('Lathe 1');
  await shot(page, 'empty-first-place');
  await page.locator('button[name=save]').click();
  await page.waitForURL(/\/connect\/first-machine$/);
  await until('values of the first machine', () => page.evaluate(() => fetch('/api/v1/connections/first-machine/health').then((answer) => answer.json())).then((health) => health.health === 'active' && health.samples > 0));
  await open('/');
  await page.locator('main .tile').filter({ hasText: 'Lathe 1' }).waitFor();
  await page.getByText(/^Lathe 1 (is|stands)/).waitFor();
  await sound(page, 'the overview of one machine');
  await shot(page, 'empty-no-more');
}

/** Fifty lines of ten machines: every page still stands, and is there soon. */
async function fiveHundredMachines() {
  const rows = ['id,name,level,parent,kind'];
  for (let line = 1; line <= 50; line++) {
    rows.push(`hall-${line},Hall line ${line},line,,`);
    for (let machine = 1; machine <= 10; machine++) rows.push(`hall-${line}-${machine},Machine ${line}.${machine} with a long name that people gave it,asset,hall-${line},cnc`);
  }
  const report = await page.evaluate((body) => fetch('/api/v1/import/assets?dry_run=false', { method: 'POST', body, headers: { 'Content-Type': 'text/csv', 'X-Hanse-Csrf': '1' } }).then((answer) => answer.json()), rows.join('\n'));
  expect(report.created === 550, `550 rows were to be created: ${JSON.stringify(report).slice(0, 300)}`);
  for (const [size, dark] of [['desk', false], ['phone', true]]) {
    const other = await browser.page(node, { size, dark, state: await page.context().storageState() });
    for (const [path, wanted] of [['/', '.tile'], ['/plant', '.tile:nth-child(501)'], ['/plant/hall-50', '.tile:nth-child(10)'], ['/performance', '.machine']]) {
      const begin = Date.now();
      await openUrl(other, node.url + path);
      await other.locator(`main ${wanted}`).first().waitFor({ state: 'attached' });
      const took = Date.now() - begin;
      expect(took < 15_000, `${path} with 500 machines took ${took} ms`);
      await sound(other, `${path} with 500 machines`);
      await shot(other, `full-${size}${path.replace(/[^a-z0-9]+/g, '-')}`);
    }
    await other.context().close();
  }
}

await runCases(browser, { eachStartVoidsTheLinkBefore, emptyPagesTeach, fromNothingToTheFirstMachine, fiveHundredMachines }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
