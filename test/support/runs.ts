/**
 * How often a property that takes long is tried: so often in `npm test`, and a quarter of it in `npm run check`, which is
 * for every few minutes. Each test is in both.
 */
export const runs = (all: number): number => (process.env['PASSERELLE_CHECK'] === 'quick' ? Math.ceil(all / 4) : all)
