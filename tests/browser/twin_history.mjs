#!/usr/bin/env node
// A submodel changes; its page says who changed what and when, and shows it as it was. A nameplate has its code, a machine
// of the simulated plant is tried with other parameters, and a description of interfaces becomes a connection.
import { Browser, expect, makeAdministrator, Node, open as openUrl, runCases, shot, sound, until } from './browser.mjs';

const node = await new Node('demo').start();
const browser = await Browser.start();
const page = await browser.page({ url: node.url });
const open = (path) => openUrl(page, node.url + path);
const kId = 'urn:recipe';
const recipe = (speed, more = []) => ({ modelType: 'Submodel', id: kId, idShort: 'Recipe', submodelElements: [{ modelType: 'Property', idShort: 'Speed', valueType: 'xs:int', value: speed }, ...more] });
const send = (method, path, body) => page.evaluate(async ([how, at, what]) => {
  const answer = await fetch(at, { method: how, headers: { 'Content-Type': 'application/json', 'X-Hanse-Csrf': '1' }, body: JSON.stringify(what) });
  return answer.status;
}, [method, path, body]);

async function aChangeIsSeenAndTheTimeBeforeItToo() {
  await makeAdministrator(page, node.setup, 'anna');
  expect(await send('POST', '/api/v3/submodels', recipe('1200')) === 201, 'the submodel is not there');
  expect(await send('PUT', `/api/v3/submodels/${Buffer.from(kId).toString('base64url')}`, recipe('1480', [{ modelType: 'Capability', idShort: 'Cooling' }])) === 204, 'it did not change');
  await open(`/twin?submodel=${encodeURIComponent(kId)}`);
  await page.getByRole('heading', { name: 'Versions' }).waitFor();
  await page.getByRole('button', { name: 'What changed' }).click();
  await page.getByText('Speed#value').waitFor();
  await page.getByText('Cooling', { exact: true }).last().waitFor();
  await sound(page, 'twin-difference');
  await shot(page, 'twin-difference');
  await page.getByRole('button', { name: 'Look at it' }).last().click();
  await until('the value of then', async () => (await page.locator('td.value').first().textContent())?.includes('1200'));
  await page.getByText('So since').waitFor();
  await sound(page, 'twin-past');
  await shot(page, 'twin-past');
  await page.getByRole('button', { name: 'Back to now' }).click();
  await until('the value of now', async () => (await page.locator('td.value').first().textContent())?.includes('1480'));
}

async function aNameplateHasItsCode() {
  await open('/twin?submodel=urn%3Ahanse%3Asubmodel%3Acnc-01%3Anameplate');
  await page.getByRole('img', { name: /^QR code of http.*nameplate$/ }).waitFor();
  await page.getByText('no web address').waitFor();
  await sound(page, 'twin-nameplate');
  await shot(page, 'twin-nameplate');
}

async function aMachineIsTriedWithOtherParameters() {
  await open('/twin?shell=urn%3Ahanse%3Ashell%3Acnc-01');
  await page.getByRole('button', { name: 'What if' }).click();
  await page.getByLabel('Share of scrap').fill('900');
  await page.getByLabel('Simulated time').selectOption({ label: '1 day' });
  await page.getByRole('button', { name: 'Compare' }).click();
  const quality = page.getByRole('row', { name: /^Quality cnc-01/ });
  await quality.waitFor({ timeout: 120_000 });
  const [, before, after] = (await quality.innerText()).match(/([\d.]+) %[^\t]*\t([\d.]+) %/) ?? [];
  expect(Number(after) < Number(before), `quality ${before} and ${after}`);
  await sound(page, 'twin-what-if');
  await shot(page, 'twin-what-if');
}

async function aDescriptionOfInterfacesBecomesAConnection() {
  const id = 'urn:copy:interfaces';
  const made = Buffer.from('urn:hanse:submodel:machining:interfaces').toString('base64url');
  const described = await page.evaluate(async (at) => (await fetch(at)).json(), `/api/v3/submodels/${made}`);
  expect(await send('POST', '/api/v3/submodels', { ...described, id }) === 201, 'the description is not there');
  await open(`/twin?submodel=${encodeURIComponent(id)}`);
  await page.getByRole('button', { name: 'Connect the machine' }).click();
  await page.getByLabel('Where in the plant its values go').selectOption('assembly');
  await page.getByText('mtconnect · new').waitFor();
  await sound(page, 'twin-connect');
  await shot(page, 'twin-connect');
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByText('Connections made: 1').waitFor();
  const connection = await page.evaluate(async (at) => (await fetch(at)).json(), '/api/v1/connections/assembly-demo-machining');
  expect(connection.protocol === 'mtconnect' && connection.asset === 'assembly', JSON.stringify(connection));
}

await runCases(browser, { aChangeIsSeenAndTheTimeBeforeItToo, aNameplateHasItsCode, aMachineIsTriedWithOtherParameters, aDescriptionOfInterfacesBecomesAConnection }, async () => {
  await browser.stop();
  await node.stop();
  node.forget();
});
