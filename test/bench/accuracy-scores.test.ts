import { describe, expect, it } from 'vitest';
import { applicationScore, lineScore } from './accuracy-scores.ts';

const labelled = (...labels: readonly (string | undefined)[]) => labels.map((label) => ({ label }));

describe('lineScore', () => {
  it('counts hits, misses and false alarms', () => {
    const lines = labelled('A', undefined, 'A', 'B', undefined, undefined);
    const score = lineScore(lines, [
      { line: 1, rule: 'x.a' },
      { line: 4, rule: 'x.b' },
      { line: 5, rule: 'x.a' },
    ]);
    expect(score).toMatchObject({ truePositives: 2, falsePositives: 1, falseNegatives: 1 });
    expect(score.precision).toBeCloseTo(2 / 3);
    expect(score.recall).toBeCloseTo(2 / 3);
    expect(score.f1).toBeCloseTo(2 / 3);
    expect(score.labels).toEqual([
      { label: 'A', lines: 2, missed: 1 },
      { label: 'B', lines: 1, missed: 0 },
    ]);
    expect(score.falseAlarms).toEqual([{ rule: 'x.a', lines: 1, first: 5 }]);
  });

  it('counts a line once, however many rules speak for it', () => {
    const twice = [
      { line: 1, rule: 'x.a' },
      { line: 1, rule: 'x.b' },
    ];
    expect(lineScore(labelled('A'), twice)).toMatchObject({ truePositives: 1, precision: 1, recall: 1 });
  });

  it('has no score to be proud of where nothing was alarmed', () => {
    expect(lineScore(labelled('A', undefined), [])).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  });
});

describe('applicationScore', () => {
  const applications = [
    { application: 'a1', label: 'Disk full', rules: ['s.full', 's.full', 'h.task'] },
    { application: 'a2', label: 'Disk full', rules: [] },
    { application: 'a3', label: 'Machine down', rules: ['h.lost'] },
    { application: 'a4', label: 'Machine down', rules: ['h.lost'] },
    { application: 'a5', label: 'Normal', rules: [] },
    { application: 'a6', label: 'Normal', rules: ['h.lost'] },
  ];
  const score = applicationScore(applications);

  it('weighs abnormal and normal applications alike, however few there are', () => {
    expect(score.balancedAccuracy).toBeCloseTo((3 / 4 + 1 / 2) / 2);
  });

  it('shows the matrix, what each rule said of each cause, and what left no trace', () => {
    expect(score.confusion).toEqual([
      { label: 'Disk full', abnormal: 1, normal: 1 },
      { label: 'Machine down', abnormal: 2, normal: 0 },
      { label: 'Normal', abnormal: 1, normal: 1 },
    ]);
    expect(score.causes[0]).toEqual({
      label: 'Disk full',
      rules: [
        { rule: 's.full', applications: 1 },
        { rule: 'h.task', applications: 1 },
      ],
    });
    expect(score.silent).toEqual([{ application: 'a2', label: 'Disk full' }]);
  });
});
