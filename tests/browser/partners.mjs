#!/usr/bin/env node
// Two companies on one machine, as `hanse demo` starts them: offers are seen, negotiated, used and revoked in the pages of
// both; then strangers meet by address and fingerprint.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Browser, Node, expect, figure, makeAdministrator, open as openUrl, password, program, runCases, shot, signedIn, sound, until } from './browser.mjs';

const maker = await new Node('demo', 'partner').start();
const supplier = {};
[, supplier.url] = await maker.program.says(/A partner's node, .*, is ready at (\S+)\n/, 180_000);
[, supplier.setup] = await maker.program.says(/its first administrator as well: (\S+)/);
const browser = await Browser.start();
// Both nodes' pages in one browser: neither signs the other's person out.
const ours = await browser.page({ url: maker.url });
const theirs = await ours.context().newPage();
theirs.setDefaultTimeout(30_000);
theirs.faults = [];
const other = new Node('serve');

const read = (page, path) => page.evaluate((at) => fetch(at).then((answer) => answer.json()), `/api/v1/dataspace${path}`);
const open = (page, node, path) => openUrl(page, node.url + path);
const path = (page) => new URL(page.url()).pathname;
let agreement;

async function twoNodesOneBrowser() {
  await makeAdministrator(ours, maker.setup, 'anna');
  await makeAdministrator(theirs, supplier.setup, 'bert');
  await open(ours, maker, '/partners');
  await ours.getByRole('link', { name: 'Trave Präzision' }).waitFor();
  await until('both to know each other', async () => (await read(ours, '/partners/trave-praezision/health')).state === 'works');
  await open(ours, maker, '/partners');
  await ours.getByText('Works').waitFor();
  await sound(ours, 'partners');
  await shot(ours, 'partners');
  await open(theirs, supplier, '/partners');
  await theirs.getByRole('link', { name: 'Hanse Medical' }).waitFor();
}

async function negotiate() {
  await open(ours, maker, '/partners/catalogue?of=trave-praezision');
  const offered = ours.locator('section.card', { hasText: 'Turning centre 1: good parts' });
  await offered.getByText('as means over at least 1 min').waitFor();
  await sound(ours, 'their catalogue');
  await figure(ours, 'share-catalogue');
  await offered.getByRole('button', { name: 'Ask for it' }).click();
  await ours.locator('dialog button[name=ask]').click();
  await ours.waitForURL(/\/partners\/negotiations\/./);
  await ours.getByText('Agreement made').waitFor();
  // Every message of both sides stands there, and opens to its text.
  for (const message of ['Contract Request', 'Contract Agreement', 'Contract Agreement Verification', 'Contract Negotiation Event FINALIZED']) await ours.getByText(message, { exact: true }).first().waitFor();
  await ours.getByText('Contract Agreement', { exact: true }).first().click();
  await ours.getByText('"@type": "ContractAgreementMessage"').waitFor();
  await sound(ours, 'a negotiation');
  await shot(ours, 'partners-negotiation');
  await ours.getByRole('link', { name: 'To the agreement' }).click();
  await ours.waitForURL(/\/partners\/agreements\/./);
  await ours.getByText('signed by both').waitFor();
  agreement = decodeURIComponent(path(ours).split('/').pop());
}

async function transfer() {
  await ours.locator('button[name=fetch]').click();
  await ours.locator('pre', { hasText: '"means"' }).waitFor();
  await until('the use on both sides', async () => (await read(ours, `/agreements/${encodeURIComponent(agreement)}`)).meter.uses === 1);
  expect((await read(theirs, `/agreements/${encodeURIComponent(agreement)}`)).meter.uses === 1, 'the supplier counted one use');
  await sound(ours, 'an agreement');
  await figure(ours, 'share-agreement');
}

/** Another administrator of a node, in a browser of their own. */
async function second(page, node, name) {
  const status = await page.evaluate((user) => fetch('/api/v1/users', { method: 'POST', headers: { 'X-Hanse-Csrf': '1', 'Content-Type': 'application/json' }, body: JSON.stringify(user) }).then((answer) => answer.status), { name, password, roles: [{ role: 'admin', sites: [] }] });
  expect(status < 300, `making ${name} answers ${status}`);
  const own = await browser.page(node);
  await own.goto(node.url);
  await own.locator('input[name=name]').fill(name);
  await own.locator('input[name=password]').fill(password);
  await own.locator('button.main').click();
  await signedIn(own);
  return own;
}

async function sentHere() {
  await ours.locator('button[name=send]').click();
  await ours.locator('[data-received]').getByText('sent by them').waitFor();
  const [saved] = await Promise.all([ours.waitForEvent('download'), ours.locator('button[name=keep]').first().click()]);
  expect(readFileSync(await saved.path(), 'utf8').includes('"means"'), 'what was sent is saved whole');
}

async function fourPeopleChangeIt() {
  const paul = await second(ours, maker, 'paul');
  const rosa = await second(theirs, supplier, 'rosa');
  await ours.locator('button[name=amend]').click();
  await ours.locator('dialog input[name=purposes]').fill('quality');
  await ours.locator('dialog input[name=reason]').fill('Only quality needs them');
  await shot(ours, 'partners-amend');
  await ours.locator('dialog button[name=draft]').click();
  await ours.locator('[data-amendment=drafted]').getByText('a second person of yours has to sign it').waitFor();
  expect((await ours.locator('button[name=sign]').count()) === 0, 'who drafted it can not sign it as well');
  await open(paul, maker, `/partners/agreements/${encodeURIComponent(agreement)}`);
  await paul.locator('button[name=sign]').click();
  await paul.locator('[data-amendment=proposed]').waitFor();
  await open(theirs, supplier, '/partners/agreements');
  await theirs.getByText('A change waits for your yes').waitFor();
  for (const page of [theirs, rosa]) {
    await open(page, supplier, `/partners/agreements/${encodeURIComponent(agreement)}`);
    await page.getByText('Now: for quality.').waitFor();
    await sound(page, 'a proposed change');
    if (page === theirs) await shot(page, 'partners-proposed');
    await page.locator('button[name=sign]').click();
  }
  await ours.getByText('This is an earlier version.').waitFor();
  await ours.getByRole('link', { name: 'To the newest' }).click();
  await ours.getByText('signed by both').waitFor();
  await ours.getByText('Version 2').first().waitFor();
  await sound(ours, 'versions of an agreement');
  await shot(ours, 'partners-versions');
  agreement = decodeURIComponent(path(ours).split('/').pop());
  await paul.context().close();
  await rosa.context().close();
}

async function revoke() {
  await open(theirs, supplier, `/partners/agreements/${encodeURIComponent(agreement)}`);
  await theirs.locator('button[name=revoke]').click();
  await theirs.locator('dialog input[name=reason]').fill('The order was cancelled');
  await shot(theirs, 'partners-revoke');
  await theirs.locator('dialog button[name=really]').click();
  await theirs.getByText('Revoked: The order was cancelled').waitFor();
  // It reaches the other side by itself, and nothing can be fetched any more.
  await ours.getByText('Revoked: by the partner: The order was cancelled').waitFor();
  expect((await ours.locator('button[name=fetch]').count()) === 0, 'nothing more can be fetched');
  await shot(ours, 'partners-revoked');
}

async function aPersonSaysYes() {
  await open(theirs, supplier, '/partners/catalogue?of=hanse-medical');
  await theirs.locator('section.card', { hasText: 'Valve block A: design' }).getByRole('button', { name: 'Ask for it' }).click();
  await theirs.locator('dialog button[name=ask]').click();
  await theirs.waitForURL(/\/partners\/negotiations\/./);
  await open(ours, maker, '/partners/negotiations');
  await ours.getByText('Trave Präzision waits for your answer').waitFor();
  await shot(ours, 'partners-waits');
  await ours.getByRole('link', { name: 'valve-block-a-design' }).first().click();
  await ours.getByText('at most 25 uses').waitFor();
  await ours.locator('button[name=approve]').click();
  await theirs.getByText('Agreement made').waitFor();
  await theirs.getByRole('link', { name: 'To the agreement' }).click();
  // Part by part, for the machines that the licence names; the same part again costs nothing.
  await theirs.locator('select[name=machine]').selectOption('turn-01');
  for (const [serial, count] of [['S-1', '1 of 25'], ['S-2', '2 of 25'], ['S-1', '2 of 25']]) {
    await theirs.locator('input[name=serial]').fill(serial);
    await theirs.locator('button[name=make]').click();
    await theirs.getByText(`Part ${serial.slice(2)} on turn-01`).waitFor();
    await theirs.getByText(count).waitFor();
  }
  const [saved] = await Promise.all([theirs.waitForEvent('download'), theirs.getByRole('button', { name: 'Save' }).click()]);
  expect(readFileSync(await saved.path(), 'utf8').startsWith('solid valve_block_a'), 'the design comes out of the seal');
  const licence = await read(ours, `/agreements/${encodeURIComponent(decodeURIComponent(path(theirs).split('/').pop()))}`);
  expect(licence.meter.uses === 2, `the designer counted ${licence.meter.uses} parts`);
  await shot(theirs, 'partners-design');
}

async function sharedInThreeClicks() {
  await open(ours, maker, '/plant/cnc-08?show=signals');
  await ours.getByRole('button', { name: 'Share Good count' }).click();
  await ours.locator('dialog input[name=terms]').first().click();
  await shot(ours, 'partners-share');
  await ours.locator('dialog button[name=offer]').click();
  await until('the partner to see it', async () => (await read(theirs, '/partners/hanse-medical/catalogue')).items.some((one) => one.title === 'cnc-08: Good count'));
}

async function evidence() {
  await open(ours, maker, '/partners/evidence?partner=trave-praezision');
  await ours.locator('button[name=verify]').click();
  await ours.getByText(/Whole and signed: \d+ entries/).waitFor();
  await sound(ours, 'evidence');
  await shot(ours, 'partners-evidence');
  const [download] = await Promise.all([ours.waitForEvent('download'), ours.getByRole('link', { name: 'Download' }).click()]);
  const file = await download.path();
  const key = (await read(ours, '/self')).public_key;
  execFileSync(program, ['evidence', 'verify', file, '--key', key]);
  // One letter of one message changed, and it is seen.
  await ours.locator('input[type=file]').setInputFiles({ name: 'forged.json', mimeType: 'application/json', buffer: Buffer.from(readFileSync(file, 'utf8').replace('Only quality needs them', 'Only quality needs it')) });
  await ours.getByText(/Not whole/).waitFor();
}

async function strangersMeet() {
  other.program = undefined;
  await other.start(0, ['--partners.enabled', 'true', '--partners.port', '0', '--partners.name', 'Elbe Guss', '--partners.participant', 'did:web:elbe-guss.example']);
  const page = await browser.page(other);
  await makeAdministrator(page, other.setup, 'carla');
  await open(page, other, '/partners');
  await page.getByText('Here you will see your partners').waitFor();
  await shot(page, 'partners-empty');
  const fingerprint = (await read(ours, '/self')).fingerprint;
  await page.getByRole('link', { name: 'Add a partner' }).first().click();
  await page.locator('input[name=address]').fill('http://127.0.0.1:1');
  await page.locator('button[name=look]').click();
  await page.getByRole('alert').first().waitFor();
  await shot(page, 'partners-no-answer');
  await page.locator('input[name=address]').fill((await read(ours, '/self')).address);
  await page.locator('button[name=look]').click();
  await page.getByText(fingerprint).waitFor();
  await page.locator('input[name=name]').fill('Hanse Medical');
  await page.locator('input[name=compared]').check();
  await shot(page, 'partners-fingerprint');
  await page.locator('button[name=add]').click();
  await page.waitForURL(/\/partners\/with\/hanse-medical$/);
  await page.getByText('Their node does not know yours yet').waitFor();
  // The other side's people see who asks and confirm in turn.
  await open(ours, maker, '/partners');
  await ours.getByRole('heading', { level: 1, name: 'Elbe Guss wants to become a partner' }).waitFor();
  await shot(ours, 'partners-introduced');
  await ours.getByRole('link', { name: 'Look at it' }).click();
  await ours.getByText((await read(page, '/self')).fingerprint).waitFor();
  await ours.locator('input[name=compared]').check();
  await ours.locator('button[name=add]').click();
  await ours.getByText('Both sides know each other.').waitFor();
  await sound(ours, 'a partner');
  await shot(ours, 'partners-with');
}

async function otherSizesAndGerman() {
  const state = await ours.context().storageState();
  for (const [size, dark, locale] of [['phone', true, 'de-DE'], ['tablet', false, 'en-GB']]) {
    const page = await browser.page(maker, { size, dark, state, locale });
    for (const [name, at] of [['list', ''], ['catalogue', '/catalogue'], ['theirs', '/catalogue?of=trave-praezision'], ['negotiations', '/negotiations'], ['agreement', `/agreements/${encodeURIComponent(agreement)}`], ['evidence', '/evidence']]) {
      await open(page, maker, `/partners${at}`);
      await sound(page, `${name} on a ${size}`);
      await shot(page, `partners-${size}-${name}`);
    }
  }
}

await runCases(browser, { twoNodesOneBrowser, negotiate, transfer, sentHere, fourPeopleChangeIt, revoke, aPersonSaysYes, sharedInThreeClicks, evidence, strangersMeet, otherSizesAndGerman }, async () => {
  await browser.stop();
  await maker.stop();
  if (other.program) await other.stop();
  maker.forget();
  other.forget();
});
