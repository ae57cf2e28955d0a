import type { components } from '@octokit/openapi-types';

/** GitHub's own description of its answers; the compiler holds every answer of the emulator to it. */
export type Schemas = components['schemas'];
