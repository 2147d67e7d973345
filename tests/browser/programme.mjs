#!/usr/bin/env node
// A programme from its convener's chair: the demo's ventilators, a machine of the live plant that breaks, the alarm, the
// proposed repair, its publication and the way back; then every page of the programme and the ecosystem, looked at.
import { Browser, Node, makeAdministrator, open as openUrl, runCases, shot, sizes, sound, until } from './browser.mjs';

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

async function aMachineBreaksAndTheRepairIsPublished() {
  await open('/simulation');
  await page.locator('select[name=asset]').selectOption('cnc-08');
  await page.locator('button[name=break]').click();
  await open(need);
  await page.locator('[data-alarm]').waitFor({ timeout: 120_000 });
  await page.getByRole('heading', { name: /stands: .* is at risk/ }).waitFor();
  await page.locator('button[name=show-repair]').click();
  await page.getByRole('cell', { name: 'lost' }).first().waitFor();
  await sound(page, 'the alarm');
  await shot(page, 'programme-alarm');
  const before = (await tower()).plan;
  await page.locator('button[name=publish-repair]').click();
  await page.getByText('The repaired plan is published').waitFor();
  await until('the repaired plan', async () => (await tower()).plan !== before);
  await page.locator('[data-alarm]').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('the plan before', async () => (await tower()).plan === before);
  await page.locator('[data-alarm]').waitFor();
}

async function aPlanAndItsAlternatives() {
  await open(`${need}/plan`);
  await page.locator('input[name=seconds]').fill('1');
  await page.locator('button[name=alternatives]').click();
  await until('five more plans', async () => (await read('/programme/needs/ventilator/plans')).plans.length >= 6, 120_000);
  await page.getByRole('cell', { name: /^Few members/ }).first().waitFor();
  await page.getByRole('img', { name: 'Value over the tiers' }).waitFor();
  await page.locator('button[name=stress]').click();
  await page.getByRole('columnheader', { name: 'Units lost' }).waitFor({ timeout: 120_000 });
  await sound(page, 'the plan');
  await page.evaluate(() => scrollTo(0, 0));
  await shot(page, 'programme-plan');
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

async function everyPageAtEverySize() {
  const places = ['', '/plan', '/match', '/orders', '/designs'].map((tab) => `${need}${tab || '/tower'}`).concat(['/programme', '/ecosystem', '/ecosystem/map', '/ecosystem/graph', '/ecosystem/members/hanse-medical']);
  for (const [size, dark, locale] of [['desk', true, 'en-GB'], ['tablet', false, 'de-DE'], ['phone', true, 'en-GB']]) {
    const other = await browser.page(node, { size, dark, state, locale });
    for (const place of places) {
      await openUrl(other, node.url + place);
      await sound(other, `${place} at ${sizes[size].width} px`);
      await shot(other, `${place.slice(1).replaceAll('/', '-')}-${size}${dark ? '-dark' : ''}`);
    }
    await other.context().close();
  }
}

await runCases(browser, { towerFollowsThePlan, aMachineBreaksAndTheRepairIsPublished, aPlanAndItsAlternatives, aMatchSaysWhy, anOrderIsAnswered, theEcosystemIsFound, everyPageAtEverySize }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
