import { expect, test } from 'vitest';
import { createProgress } from '../../src/report/create-progress.ts';

/** A terminal that keeps what was written, and a clock that stands until it is moved. */
function openTerminal(columns = 80, isShown = true) {
  let nowMs = 0;
  let written = '';
  const sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  const sink = {
    isTerminal: true,
    columns,
    write: (text: string) => {
      written += text;
    },
  };
  const clock = {
    now: () => nowMs,
    sleep: (ms: number) => new Promise<void>((wake) => void sleepers.push({ atMs: nowMs + ms, wake })),
  };
  const progress = createProgress(sink, clock, isShown);
  return {
    progress,
    sink,
    after: async (ms: number) => {
      nowMs += ms;
      for (const { atMs, wake } of sleepers) if (atMs <= nowMs) wake();
      await new Promise((heard) => void setImmediate(heard));
    },
    /** The line that stands there now. */
    line: () => written.split('\r\u001b[K').at(-1) ?? '',
    written: () => written,
    draws: () => written.split('\r\u001b[K').length - 1,
  };
}

const page = (done: number, total: number | null = 40) => ({ subject: 'Reading telnyx-production', unit: 'page', done, total });

test('what takes less than a second shows nothing', async () => {
  const { progress, after, written } = openTerminal();
  progress.show(page(1));
  await after(900);
  progress.show(page(40));
  progress.show(null);
  await after(900);
  expect(written()).toBe('');
});

test('after a second the line says what, how far, how fast and how long it will take', async () => {
  const { progress, after, line } = openTerminal();
  progress.show(page(0));
  await after(1_000);
  await after(500);
  progress.show(page(12));
  expect(line()).toBe('Reading telnyx-production: page 12 of 40, 8 pages/s, 4 s left');
  await after(38_000);
  await after(500);
  progress.show(page(20));
  expect(line()).toBe('Reading telnyx-production: page 20 of 40, 30 pages/min, 40 s left');
});

test('where the total is not known there is no time left to tell', async () => {
  const { progress, after, line } = openTerminal();
  progress.show(page(0, null));
  await after(1_000);
  await after(500);
  progress.show(page(3, null));
  expect(line()).toBe('Reading telnyx-production: page 3, 2 pages/s');
});

test('a first page that takes long is shown after a second all the same', async () => {
  const { progress, after, line } = openTerminal();
  progress.show(page(0));
  await after(1_000);
  expect(line()).toBe('Reading telnyx-production: page 0 of 40');
});

test('while a page does not come, the time left grows', async () => {
  const { progress, after, line } = openTerminal();
  progress.show(page(0));
  await after(1_000);
  await after(600);
  progress.show(page(8));
  expect(line()).toBe('Reading telnyx-production: page 8 of 40, 5 pages/s, 7 s left');
  await after(400);
  await after(1_000);
  await after(1_000);
  expect(line()).toBe('Reading telnyx-production: page 8 of 40, 2 pages/s, 16 s left');
});

test('pages that are read once more are measured from where they begin again', async () => {
  const { progress, after, line } = openTerminal();
  progress.show(page(0));
  await after(2_000);
  progress.show(page(40));
  await after(1_000);
  progress.show(page(1));
  await after(500);
  progress.show(page(3));
  expect(line()).toBe('Reading telnyx-production: page 3 of 40, 4 pages/s, 10 s left');
});

test('at most ten lines a second are drawn', async () => {
  const { progress, after, draws } = openTerminal();
  progress.show(page(0, 10_000));
  await after(1_000);
  for (let done = 1; done <= 1_000; done += 1) {
    await after(1);
    progress.show(page(done, 10_000));
  }
  expect(draws()).toBeLessThanOrEqual(11);
  expect(draws()).toBeGreaterThan(5);
});

test('the line fits the terminal', async () => {
  const { progress, after, line } = openTerminal(40);
  progress.show(page(0));
  await after(1_000);
  await after(500);
  progress.show(page(12));
  expect(line()).toBe('Reading telnyx-production: page 12 of…');
  expect(line().length).toBeLessThan(40);
});

test('at its end the line is gone, and what is written meanwhile takes its place', async () => {
  const { progress, sink, after, written } = openTerminal();
  const beside = progress.beside(sink);
  progress.show('Asking for 3 accounts');
  await after(1_000);
  beside.write('a note\n');
  await after(1_000);
  progress.show('Asking for 3 accounts');
  progress.show(null);
  expect(written()).toBe('\r\u001b[KAsking for 3 accounts\r\u001b[Ka note\n\r\u001b[KAsking for 3 accounts\r\u001b[K');
});

test('where it is not shown, not a byte is written', async () => {
  const { progress, after, written } = openTerminal(80, false);
  progress.show(page(0));
  await after(5_000);
  progress.show(page(12));
  progress.show(null);
  expect(written()).toBe('');
});
