#!/usr/bin/env node
// A programme from its convener's chair: the demo's ventilators in the tower, why a part's makers match, an order that is
// answered, and the ecosystem's directory. The broken machine and its repair are in tests/integration/programme.py.
import { Browser, Node, makeAdministrator, open as openUrl, runCases, shot, sound, until } from './browser.mjs';

const node = await new Node('demo', 'programme').start();
const browser = await Browser.start();
const page = await browser.page(node);
const need = '/programme/ventilator';
let state;

const read = (path) => page.evaluate((at) => fetch(at).then((answer) => answer.json()), `/api/v1${path}`);
const tower = () => read('/programme/needs/ventilator/tower');
const open = (path) => openUrl(page, node.url + path);

async function towerFollowsThePlan() {
  await makeAdministrator(page, node.setup);
  state = await page.context().storageState();
  await until('the demo’s programme', async () => { const now = await tower(); return now.plan && now.finished > 0; }, 120_000);
  await open(need);
  await page.getByText(/On plan in week 9 of 14|units behind the plan in week 9 of 14/).first().waitFor();
  await page.getByText('From the machines of this plant').waitFor();
  await page.locator('svg path').first().waitFor();
  await sound(page, 'the control tower');
  await shot(page, 'programme-tower');
}

async function aMatchSaysWhy() {
  await open(`${need}/match?part=ventilator-valve-body`);
  await page.getByText('They fit').waitFor();
  await page.locator('details summary').first().click();
  await page.getByText(/^asked: /).first().waitFor();
  await sound(page, 'the match');
  await shot(page, 'programme-match');
}

async function anOrderIsAnswered() {
  await open(`${need}/orders?maker=hanse-medical`);
  await page.getByRole('cell', { name: 'hanse-medical' }).first().click();
  await page.locator('button[name=hold]').waitFor();
  await page.locator('button[name=hold]').click();
  await page.locator('button[name=release]').click();
  await page.locator('button[name=hold]').waitFor();
  await sound(page, 'the orders');
  await shot(page, 'programme-orders');
}

async function theEcosystemIsFound() {
  await open('/ecosystem');
  await page.getByText(/organisations at \d+ sites/).waitFor();
  await page.locator('input[name=words]').fill('chip found');
  await page.getByText('One site fits').waitFor();
  await page.getByRole('cell', { name: 'Chip foundry', exact: true }).click();
  await page.getByText('AEC-Q100').waitFor();
  await open('/ecosystem/map');
  await page.locator('svg circle').first().waitFor();
  await sound(page, 'the map');
  await shot(page, 'ecosystem-map');
  await open('/ecosystem/graph');
  await page.locator('svg line').first().waitFor({ state: 'attached' });
  await sound(page, 'the graph');
  await shot(page, 'ecosystem-graph');
}

await runCases(browser, { towerFollowsThePlan, aMatchSaysWhy, anOrderIsAnswered, theEcosystemIsFound }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
