/** For each kind of policy file, valid files in which every key there is stands at least once. */
export const WHOLE_FILES = {
  account: [
    `provider: twilio
api: organization
organization: OR0123456789abcdef0123456789abcdef
scope: AC0123456789abcdef0123456789abcdef
subaccounts: all
owner: root@acme.example
unmanaged: report
drift: { gained: revert, lost: report }
guards: { max_deletes: 3, max_deletes_percent: 10, min_admins: 2, never_delete: [pager@acme.example] }
invites: { per_hour: 10, open: 10 }
approvers: { administrator: ["@acme/security"] }
names: invite
privileged_roles: [Account API Access Admin]
`,
    `provider: telnyx
api: organizations
owner: root@acme.example
privileged_groups: [Organization admins]
`,
  ],
  people: [
    `- email: grace@acme.example
  name: Grace Hopper
  previously: [grace.murray@acme.example]
  github: grace
`,
  ],
  team: [
    `members:
  - ada@acme.example
  - { email: grace@acme.example, until: 2027-01-31 }
grants:
  - { account: telnyx-production, role: member, reason: Builds the voice edge, until: 2027-03-31 }
  - account: telnyx-wholesale
    group: billing
    reason: Reads invoices
`,
  ],
  approval: [
    `account: telnyx-production
deletes: 12
reason: Contractor programme ended (HR-221)
expires: 2026-11-30
`,
  ],
  roster: [
    `attested_by: ada@acme.example
attested_on: 2026-11-20
rows:
  - { email: ada@acme.example, roles: [developer], status: active }
rotated:
  - { key: SK0123456789abcdef0123456789abcdef, on: 2026-11-20 }
reviewed:
  - { after: leaver@acme.example, on: 2026-11-20 }
`,
  ],
} as const;
