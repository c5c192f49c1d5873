import { z } from 'zod';
import { type Html, html } from './html.ts';

const Spec = z.object({
  type: z.string(),
  title: z.object({ text: z.string() }).optional(),
  data: z.object({ values: z.array(z.record(z.string(), z.union([z.string(), z.number()]))) }),
  xField: z.string(),
  yField: z.string(),
});

const wide = 520;
const high = 96;
const bottom = 16;
const left = 34;

/** A chart of bars from nought, or of a line between its least and its most: all that the shipped templates have. */
export function chartHtml(spec: unknown): Html {
  const read = Spec.safeParse(spec);
  if (!read.success || !['bar', 'line'].includes(read.data.type)) return html`<p class="note">[chart]</p>`;
  const { type, title, data, xField, yField } = read.data;
  const points = data.values.map((value) => ({ at: String(value[xField]), count: Number(value[yField]) }));
  const counts = points.map(({ count }) => count);
  const most = type === 'bar' ? Math.max(1, ...counts) : Math.max(...counts);
  const least = type === 'bar' ? 0 : Math.min(...counts);
  const step = (wide - left) / Math.max(1, points.length);
  const tall = high - bottom - 8;
  const every = Math.ceil(points.length / 6);
  const yOf = (count: number): number => high - bottom - (tall * (count - least)) / (most - least || 1);
  const line = points.map(
    ({ count }, index) => `${(left + (index + 0.5) * step).toFixed(1)},${yOf(count).toFixed(1)}`,
  );
  const bars = points.map(({ at, count }, index) => {
    const height = count === 0 ? 0 : Math.max(1.5, (tall * count) / most);
    const x = (left + index * step + step * 0.12).toFixed(1);
    return html`<rect x="${x}" y="${(high - bottom - height).toFixed(1)}" width="${(step * 0.76).toFixed(1)}" height="${height.toFixed(1)}"><title>${at}: ${count}</title></rect>`;
  });
  const names = points.flatMap(({ at }, index) =>
    index % every === 0
      ? [
          html`<text x="${(left + (index + 0.5) * step).toFixed(1)}" y="${high - 3}" text-anchor="middle">${at}</text>`,
        ]
      : [],
  );
  return html`<figure><figcaption>${title?.text}</figcaption><svg viewBox="0 0 ${wide} ${high}" role="img">
<line x1="${left}" x2="${wide}" y1="${high - bottom}" y2="${high - bottom}"/><line class="faint" x1="${left}" x2="${wide}" y1="8" y2="8"/>
<text x="${left - 6}" y="12" text-anchor="end">${most}</text><text x="${left - 6}" y="${high - bottom}" text-anchor="end">${least}</text>
${type === 'bar' ? bars : html`<polyline class="course" points="${line.join(' ')}"/>`}${names}</svg></figure>`;
}
