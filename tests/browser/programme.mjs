#!/usr/bin/env node
// A programme from its convener's chair: the demo's ventilators in the tower, why a part's makers match, an order that is
// answered, a milestone, a problem of the board, a design by import, and the ecosystem's directory. The broken machine and its repair are in tests/integration/programme.py.
import { Browser, Node, expect, makeAdministrator, open as openUrl, runCases, shot, sizes, sound, until } from './browser.mjs';

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
  await page.getByRole('cell', { name: 'Hanse Medical' }).first().click();
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

async function theConvenerKeepsMilestones() {
  await open(`${need}/convening`);
  await page.locator('button[name=add-milestones]').click();
  await page.locator('dialog input[name=title]').fill('The last unit is tested');
  await page.locator('dialog input[name=due]').fill('2030-01-07');
  await page.locator('dialog button[name=save]').click();
  await page.getByRole('cell', { name: 'The last unit is tested' }).waitFor();
  await sound(page, 'convening');
  await shot(page, 'programme-convening');
}

async function aProblemIsPitchedAndVotedFor() {
  await open('/programme?view=problems');
  await page.locator('button[name=pitch]').first().click();
  await page.locator('dialog input[name=title]').fill('Gauges drift between shifts');
  await page.locator('dialog select[name=owner]').selectOption('hanse-medical');
  await page.locator('dialog button[name=save]').click();
  await page.locator('[data-problem]').waitFor();
  expect(await page.locator('button[name=advance]').isDisabled(), 'a pitch needs a cohort before it goes on');
  await page.locator('select[name=voter]').selectOption('consortium-01');
  await page.locator('button[name=vote]').click();
  await page.getByText('Consortium firm 1', { exact: true }).locator('visible=true').first().waitFor();
  await sound(page, 'the board of problems');
  await shot(page, 'programme-problems');
}

async function aDesignIsTriedBeforeItIsImported() {
  await open('/programme?view=import');
  await page.getByText('or paste rows').click();
  const rows = page.locator('textarea[name=import-rows]');
  await rows.fill('[{"id": "d", "name": "D", "finished": "nothing", "parts": [{"id": "a", "requirement": {"process": "proc:hx/assy"}}]}]');
  await page.locator('button[name=import-check]').click();
  await page.getByText(/there is no part 'nothing'/).waitFor();
  expect(await page.locator('button[name=import]').isDisabled(), 'a wrong design can not be imported');
  await rows.fill(await rows.getAttribute('placeholder'));
  await page.locator('button[name=import-check]').click();
  await page.getByText('will be created').waitFor();
  await page.locator('button[name=import]').click();
  await until('the imported design', async () => (await read('/programme/designs/face-shield')).id === 'face-shield');
  await sound(page, 'the import');
}

async function pagesFitEveryWindow() {
  for (const size of Object.keys(sizes)) {
    const small = await browser.page(node, { size, dark: size === 'tablet', state });
    for (const path of [need, `${need}/plan`, `${need}/orders`, `${need}/convening`, '/programme?view=problems', '/programme?view=import', '/ecosystem/map', '/ecosystem/import']) {
      await openUrl(small, node.url + path);
      await sound(small, `${path} on the ${size}`);
    }
    await small.context().close();
  }
}

await runCases(browser, { towerFollowsThePlan, aMatchSaysWhy, anOrderIsAnswered, theEcosystemIsFound, theConvenerKeepsMilestones,
  aProblemIsPitchedAndVotedFor, aDesignIsTriedBeforeItIsImported, pagesFitEveryWindow }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
