#!/usr/bin/env node
import { VERSION } from './version.ts';

// The commonest question needs nothing else of rollcall, so the bundle of everything else is not even read for it.
if (process.argv.length === 3 && process.argv[2] === '--version') process.stdout.write(`${VERSION}\n`);
else void import('./main.ts').then(({ main }) => main(process));
