import { describe, expect, it } from 'vitest';
import type { Tower } from './contract';
import { actionsOf, layFlow, spreadLabels, planName, towerSentence } from './programme';

const node = (id: string, tier: number, value: number) => ({ id, label: id, tier, value, parts: 1, members: 1 });

describe('the flow over tiers', () => {
  const nodes = [node('good', 0, 100), node('module', 1, 60), node('part', 2, 20), node('other', 2, 20)];
  const links = [{ from: 'module', to: 'good', value: 60 }, { from: 'part', to: 'module', value: 20 }, { from: 'other', to: 'module', value: 20 }, { from: 'nobody', to: 'module', value: 5 }];
  const { boxes, bands } = layFlow(nodes, links, 600, 300);
  it('puts the deepest tier left and the finished good right', () => {
    const x = Object.fromEntries(boxes.map((box) => [box.id, box.x]));
    expect(x.part).toBe(0);
    expect(x.module).toBeGreaterThan(x.part!);
    expect(x.good).toBeGreaterThan(x.module!);
  });
  it('stays inside and keeps proportions', () => {
    for (const box of boxes) expect(box.y >= 0 && box.y + box.height <= 300.001).toBe(true);
    const tall = Object.fromEntries(boxes.map((box) => [box.id, box.height]));
    expect(tall.good! / tall.module!).toBeCloseTo(100 / 60);
  });
  it('leaves out what has no end, and bands leave a box side by side', () => {
    expect(bands).toHaveLength(3);
    const ends = bands.filter((band) => band.to === 'module').map((band) => Number(band.path.split(' ').at(-1)));
    expect(new Set(ends).size).toBe(2);
  });
  it('draws nothing of nothing', () => expect(layFlow([], [], 600, 300)).toEqual({ boxes: [], bands: [] }));
});

describe('sentences', () => {
  const names = { organisation: String, part: (id: string) => (id === 'valve' ? 'Valve body' : id) };
  const tower = { plan: 'p', week: 8, weeks: 14, planned: 1000, finished: 995, alarms: [], gating: [], lines: [] } as unknown as Tower;
  it('says on plan, behind, or what stands', () => {
    expect(towerSentence(tower, (id) => id, names)).toBe('On plan in week 9 of 14');
    expect(towerSentence({ ...tower, finished: 700 }, (id) => id, names)).toBe('300 units behind the plan in week 9 of 14');
    expect(towerSentence({ ...tower, alarms: [{ kind: 'machine_down', asset: 'cnc-08', part: 'valve' }] } as unknown as Tower, () => 'Finisher', names)).toBe('Finisher stands: Valve body is at risk');
    expect(towerSentence({ ...tower, plan: '' }, (id) => id, names)).toBe('No plan is published yet');
  });
  it('names a plan by its aim or by what it repairs', () => {
    expect(planName({ reason: 'planned', aim: 'early' } as never, String)).toBe('Early units');
    expect(planName({ aim: 'early', event: { kind: 'capacity_cut', organisation: 'hanse-medical' } } as never, () => 'Hanse Medical')).toBe('Repair: Hanse Medical has fewer hours');
  });
  it('offers only what an order allows', () => {
    expect(actionsOf('offered')).toContain('decline');
    expect(actionsOf('received')).toEqual([]);
  });
});

describe('labels at the ends of lines', () => {
  const placed = (heights: number[]) => spreadLabels(heights, 15).map((shift, index) => heights[index]! + shift);
  it('move apart around their middle and keep their order', () => {
    const [a, b, c] = placed([100, 101, 104]) as [number, number, number];
    expect(b - a).toBeGreaterThanOrEqual(14.999);
    expect(c - b).toBeGreaterThanOrEqual(14.999);
    expect((a + b + c) / 3).toBeCloseTo(305 / 3);
  });
  it('stay where there is room', () => expect(spreadLabels([10, 60, 200])).toEqual([0, 0, 0]));
});
