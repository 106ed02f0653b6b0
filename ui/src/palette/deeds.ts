import { enter, exportLedger, suspend } from '../frame/asking.ts'
import type { Permission } from '../frame/viewer.tsx'
import { lacking, type Needed } from '../kit/Lacks.tsx'
import { whyNot } from '../tenants/selectionNow.ts'
import type { Found } from './find.ts'
import type { Group, Item, Verb } from './item.ts'

type May = (permission: Permission) => boolean

/** What each verb needs, and where its lines stand. */
export const DEEDS: Readonly<Record<Verb, { needs: Needed; group: Group }>> = {
  enter: { needs: 'IMPERSONATE_READ_ONLY', group: 'Impersonate' },
  suspend: { needs: 'TENANT_SUSPEND', group: 'Suspend or lift' },
  lift: { needs: 'TENANT_SUSPEND', group: 'Suspend or lift' },
  export: { needs: 'AUDIT_EXPORT', group: 'Export' },
}

const mayDo = (verb: Verb, may: May): boolean =>
  may(DEEDS[verb].needs) || (verb === 'enter' && may('IMPERSONATE_READ_WRITE'))

/** What is missing to do it at all, and who has it. */
export const lackingFor = (verb: Verb, may: May): string | undefined =>
  mayDo(verb, may) ? undefined : `Needs ${lacking(DEEDS[verb].needs)}.`

/** Why a tenant may not be entered now; undefined where it may. */
export const whyNotEnter = ({ state, explanation }: Found['impersonability']): string | undefined =>
  state === 'ENABLED' ? undefined : (explanation ?? 'Your roles do not allow to enter tenants.')

/** A line that does it to this tenant, or says why not. */
export function deed(verb: Verb, tenant: Found): Item {
  const { id, slug, name, status, impersonability } = tenant
  const line = { id: `${verb}-${id}`, group: DEEDS[verb].group }
  switch (verb) {
    case 'enter': {
      const words = `Impersonate ${name}…`
      return { ...line, name: words, icon: 'enter', whyNot: whyNotEnter(impersonability), run: () => enter(slug) }
    }
    case 'suspend':
      return { ...line, name: `Suspend ${name}…`, icon: 'ban', whyNot: whyNot(verb, status), run: () => suspend(slug) }
    case 'lift': {
      const words = `Lift the suspension of ${name}…`
      return { ...line, name: words, icon: 'check', whyNot: whyNot(verb, status), run: () => suspend(slug) }
    }
    case 'export': {
      const words = `Export the ledger of ${name}…`
      return { ...line, name: words, icon: 'download', run: () => exportLedger({ tenant: slug }) }
    }
  }
}
