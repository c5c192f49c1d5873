import { describe, expect, it } from 'vitest';
import type { Finding, MachineState } from '#shared/model/index.ts';
import { judgeCard } from '#test/stand-ins/feishu/index.ts';
import { renderOptions } from '../testing/render-options.ts';
import { sampleMessage } from '../testing/sample.ts';
import { renderFeishuCard } from './feishu.ts';

const startAt = Date.UTC(2026, 10, 21, 1);
const machine: MachineState = {
  ...{ host: 'db-1', server: 'db-1-bmc', at: new Date(startAt).toISOString(), outcome: 'ok' },
  ...{ power: 'on', health: 'critical', cpuPercent: 91.4, memoryPercent: 40.2 },
  readings: [
    {
      ...{ sensor: 'CPU Temp', sensorKind: 'temperature', value: 97, unit: 'Cel', status: 'critical' },
      thresholds: { upperWarning: 65, upperCritical: 80, lowerCritical: 5 },
      trend: { startAt, stepMs: 180_000, means: [60, null, 97] },
    },
    {
      sensor: 'PSU1',
      sensorKind: 'state',
      states: ['Presence detected', 'Failure detected'],
      status: 'warning',
    },
  ],
};

function cardOf(over: Partial<Finding>, language: 'zh-CN' | 'en' = 'zh-CN') {
  const card = renderFeishuCard(sampleMessage(over, 'opened'), { ...renderOptions, language });
  const verdict = judgeCard(card);
  if (!verdict.ok) throw new Error(verdict.message);
  return { seen: verdict.seen, text: JSON.stringify(card) };
}

describe('a card about a machine', () => {
  it('says what its sensors read, out of band and in band, and what is wrong', () => {
    const { seen } = cardOf({ machines: [machine] });
    expect(seen.text).toContain(
      'db-1：已开机, CPU 91%, 内存 40%, CPU Temp 97 °C [严重], PSU1 Presence detected/Failure detected [警告]',
    );
    expect(cardOf({ machines: [{ ...machine, outcome: 'unreachable' }] }, 'en').seen.text).toContain(
      'db-1: BMC unreachable, power on, CPU 91%',
    );
  });

  it('draws the course of the sensor that it is about, with its limits, in place of lines over time', () => {
    const series = { startAt, stepMs: 60_000, counts: [1, 2, 3] };
    const { text } = cardOf({ machines: [machine], series, labels: { sensor: 'CPU Temp' } });
    expect(text).toContain('CPU Temp (°C) · ≤ 5 严重 · ≥ 65 警告 · ≥ 80 严重');
    expect(text).toContain('"values":[{"time":"09:00","count":60},{"time":"09:06","count":97}]');
    for (const labels of [{}, { sensor: 'PSU1' }, { sensor: 'FAN1' }]) {
      const other = cardOf({ machines: [machine], series, labels }).text;
      expect(other).toContain('"type":"bar"');
      expect(other).not.toContain('≥ 65');
    }
  });
});
