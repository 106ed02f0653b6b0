import { useState } from 'react'

/**
 * The key that makes a retry safe: the same while the same thing is asked and no answer came, new for another input and
 * after each answer. (A refusal is kept under its key as well, and would be told again when it is no longer true.)
 */
export class Keys {
  private input: string | undefined
  private key = ''

  for(input: object): string {
    const asked = JSON.stringify(input)
    if (asked !== this.input) {
      this.input = asked
      this.key = crypto.randomUUID()
    }
    return this.key
  }

  answered(): void {
    this.input = undefined
  }
}

export function useIdempotency(): Keys {
  const [keys] = useState(() => new Keys())
  return keys
}
