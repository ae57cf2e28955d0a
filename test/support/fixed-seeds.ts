import fc from 'fast-check';

/**
 * Laws try the same cases every time, so that a red run is red again and says which commit did it; other cases are tried by
 * `npm run soak -- --laws`, which sets `ROLLCALL_SEED`.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['ROLLCALL_SEED'] ?? 20_261_122) });
