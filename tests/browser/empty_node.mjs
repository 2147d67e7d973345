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
  // Nowhere to hang it yet: a line is made on the way.
  await page.locator('input[name=name]').fill('First machine');
  await page.locator('input[name=line]').fill('Line 1');
  await shot(page, 'empty-first-line');
  await page.locator('button[name=save]').click();
  await page.waitForURL(/\/connect\/first-machine$/);
  await until('values of the first machine', () => page.evaluate(() => fetch('/api/v1/connections/first-machine/health').then((answer) => answer.json())).then((health) => health.health === 'active' && health.samples > 0));
  await open('/');
  await page.locator('main .tile').first().waitFor();
  await sound(page, 'the overview of one machine');
  await shot(page, 'empty-no-more');
}

await runCases(browser, { eachStartVoidsTheLinkBefore, emptyPagesTeach, fromNothingToTheFirstMachine }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
