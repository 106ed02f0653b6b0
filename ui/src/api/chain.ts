import type { Client, CombinedError, TypedDocumentNode } from '@urql/core'

/** One page of a list by keyset. */
export interface Chunk<Row> {
  rows: readonly Row[]
  end: string | null
  more: boolean
  /** How many there are in all, on the first page. */
  total: number | null
}

export interface Chained<Row> {
  rows: readonly Row[]
  /** Whether the first page has come. */
  known: boolean
  more: boolean
  total: number | null
  busy: boolean
  error: CombinedError | undefined
}

interface Link<Row> {
  after: string | null
  chunk: Chunk<Row> | undefined
  busy: boolean
  error: CombinedError | undefined
  close: () => void
}

/** What a query must take whose pages are to be chained; `count` asks for the total, once. */
export interface Paging {
  after?: string | null
  count: boolean
}

const NOTHING = { rows: [], known: false, more: false, total: null, busy: true, error: undefined }

/**
 * The pages of a list, each a query of its own that begins where the one before ends. A change reads anew the page that
 * it is in and no other, however long the list has grown.
 */
export class Chain<Data, Variables extends Paging, Row extends { id: string }> {
  #links: Link<Row>[] = []
  #listeners = new Set<() => void>()
  #state: Chained<Row> = NOTHING
  readonly #client: Client
  readonly #query: TypedDocumentNode<Data, Variables>
  readonly #variables: Omit<Variables, keyof Paging>
  readonly #read: (data: Data) => Chunk<Row> | null

  constructor(
    client: Client,
    query: TypedDocumentNode<Data, Variables>,
    variables: Omit<Variables, keyof Paging>,
    read: (data: Data) => Chunk<Row> | null,
  ) {
    this.#client = client
    this.#query = query
    this.#variables = variables
    this.#read = read
  }

  readonly state = (): Chained<Row> => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#links.length === 0) this.#open(0, null)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      for (const link of this.#links) link.close()
      this.#links = []
    }
  }

  /** The next page; nothing while one is on its way. */
  readonly more = (): void => {
    const last = this.#links.at(-1)
    if (last?.chunk?.more && !last.busy) this.#open(this.#links.length, last.chunk.end)
  }

  /** Everything that failed, once more. */
  readonly retry = (): void => {
    const failed = this.#links.findIndex((link) => link.error !== undefined)
    if (failed >= 0) this.#open(failed, this.#links[failed]?.after ?? null)
  }

  #open(index: number, after: string | null): void {
    const old = this.#links[index]
    old?.close()
    // What stood here before stays until the answer comes.
    const link: Link<Row> = { after, chunk: old?.chunk, busy: true, error: undefined, close: () => undefined }
    this.#links[index] = link
    const variables = { ...this.#variables, after, count: index === 0 } as Variables
    const { unsubscribe } = this.#client
      .query(this.#query, variables)
      .subscribe(({ data, error, stale }) => {
        if (this.#links[index] !== link) return
        link.chunk = (data ? this.#read(data) : null) ?? link.chunk
        link.error = link.chunk ? undefined : error
        link.busy = stale
        if (!stale) this.#join(index, link)
        this.#tell()
      })
    link.close = unsubscribe
    this.#tell()
  }

  /** The next page begins where this one ends now. */
  #join(index: number, link: Link<Row>): void {
    const next = this.#links[index + 1]
    if (!next || !link.chunk) return
    if (!link.chunk.more) {
      for (const gone of this.#links.splice(index + 1)) gone.close()
    } else if (next.after !== link.chunk.end) {
      this.#open(index + 1, link.chunk.end)
    }
  }

  #tell(): void {
    const seen = new Set<string>()
    const rows = this.#links
      .flatMap(({ chunk }) => chunk?.rows ?? [])
      // While pages are joined anew a row may stand in two of them.
      .filter(({ id }) => !seen.has(id) && seen.add(id))
    this.#state = {
      rows,
      known: this.#links[0]?.chunk !== undefined,
      more: this.#links.at(-1)?.chunk?.more ?? false,
      total: this.#links[0]?.chunk?.total ?? null,
      busy: this.#links.some(({ busy }) => busy),
      error: this.#links.find(({ error }) => error)?.error,
    }
    for (const listener of this.#listeners) listener()
  }
}
