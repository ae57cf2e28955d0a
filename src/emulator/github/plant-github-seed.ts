import type { GithubWorld } from './create-github-world.ts';
import type { GithubSeed } from './parse-github-seed.ts';

/** Makes a world what its seed says. */
export async function plantGithubSeed(world: GithubWorld, seed: GithubSeed): Promise<void> {
  for (const user of seed.users ?? []) world.addUser(user);
  for (const token of seed.tokens) world.addToken(token);
  for (const [team, logins] of Object.entries(seed.teams ?? {})) {
    const [org = '', slug = ''] = team.split('/');
    world.setTeam(org, slug, logins);
  }
  for (const { files = {}, author, roles = {}, ...wanted } of seed.repositories) {
    const people = await world.createRepository(wanted);
    for (const [login, role] of Object.entries(roles)) people.setPermission(login, role);
    if (Object.keys(files).length > 0) await people.commitFiles('main', files, 'First policies', author ?? wanted.owner);
  }
}
