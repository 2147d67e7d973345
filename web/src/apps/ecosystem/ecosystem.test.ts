import { describe, expect, it } from 'vitest';
import { heightFor, graticule, mercator, namesWithRoom, project, settle, unmercator, viewOf, zoom, viewOfMost } from './ecosystem';

describe('the map', () => {
  it('finds back where a point was', () => {
    const point = mercator(53.87, 10.69);
    const back = unmercator(point.x, point.y);
    expect(back.latitude).toBeCloseTo(53.87, 6);
    expect(back.longitude).toBeCloseTo(10.69, 6);
  });
  it('fits all points into the picture without stretching', () => {
    const points = [{ latitude: 51, longitude: -3 }, { latitude: 55, longitude: 2 }, { latitude: 31, longitude: 121 }];
    const map = project(viewOf(points), 800, 400);
    for (const point of points) {
      const { x, y } = map.at(point.latitude, point.longitude);
      expect(x > 0 && x < 800 && y > 0 && y < 400).toBe(true);
    }
    expect(map.view.west).toBeLessThanOrEqual(-3);
    expect(map.view.north).toBeGreaterThanOrEqual(55);
  });
  it('draws a handful of round lines and zooms around a place', () => {
    const lines = graticule({ south: 47, north: 56, west: -4, east: 12 });
    expect(lines.latitudes.length).toBeGreaterThan(2);
    expect(lines.latitudes.length).toBeLessThan(9);
    const near = zoom({ south: 40, north: 60, west: 0, east: 20 }, 0.5, 50, 10);
    expect(near).toEqual({ south: 45, north: 55, west: 5, east: 15 });
  });
});

describe('the graph', () => {
  const ids = ['a', 'b', 'c', 'd'];
  it('is the same for the same input and stays inside', () => {
    const one = settle(ids, [{ from: 'a', to: 'b' }]);
    expect(one).toEqual(settle(ids, [{ from: 'a', to: 'b' }]));
    for (const dot of one.values()) expect(dot.x >= 0 && dot.x <= 1 && dot.y >= 0 && dot.y <= 1).toBe(true);
  });
  it('draws what is linked together', () => {
    const dots = settle(ids, [{ from: 'a', to: 'b' }, { from: 'nobody', to: 'a' }]);
    const far = (p: string, q: string) => Math.hypot(dots.get(p)!.x - dots.get(q)!.x, dots.get(p)!.y - dots.get(q)!.y);
    expect(far('a', 'b')).toBeLessThan(far('c', 'd'));
  });
});

describe('names on the map', () => {
  const site = (x: number, y: number, sites = 1) => ({ x, y, radius: sites > 1 ? 10 : 4, sites, name: 'Works 12' });
  it('are written where nothing lies', () => expect(namesWithRoom([site(0, 0), site(200, 0)])).toEqual([true, true]));
  it('give way to circles and to names before them', () => expect(namesWithRoom([site(30, 0, 5), site(0, 3), site(0, 50), site(2, 55)])).toEqual([false, false, true, false]));
});

describe('the first look at the map', () => {
  const near = [1, 2, 3].map((at) => ({ latitude: 50 + at, longitude: at, sites: 30 }));
  it('leaves far members out when they are few', () => {
    const { view, outside } = viewOfMost([...near, { latitude: 31, longitude: 121, sites: 5 }]);
    expect(outside).toBe(5);
    expect(view.east).toBeLessThan(10);
  });
  it('shows all when the far ones are many', () => expect(viewOfMost([...near, { latitude: 31, longitude: 121, sites: 60 }]).outside).toBe(0));
  it('is as flat as the sites lie', () => expect(heightFor({ south: 50, north: 52, west: 0, east: 20 }, 400, 600)).toBe(240));
});
