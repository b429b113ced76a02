import { createHash } from 'node:crypto'

/** A source of random numbers, the same for the same seed on every machine. */
export type Random = {
  /** A float in [0, 1). */
  next(): number
  /** An integer in [0, limit). */
  below(limit: number): number
  /** One of the items; throws when there are none. */
  pick<T>(items: readonly T[]): T
  /** A GUID in lower case, version 4 in form. */
  guid(): string
}

const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1')
const DASHES = new Set([8, 13, 18, 23])

/** sfc32, seeded by the hash of any string. */
export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest()
  let a = digest.readUInt32LE(0)
  let b = digest.readUInt32LE(4)
  let c = digest.readUInt32LE(8)
  let counter = 1

  function word(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return sum >>> 0
  }
  for (let warmUp = 0; warmUp < 12; warmUp++) word()

  // A GUID is written into these bytes and read as one flat string; joined text would take three times the memory.
  const written = Buffer.alloc(36, '-')
  const writeDigits = (value: number, at: number): number => {
    let position = at
    for (let shift = 28; shift >= 0; shift -= 4) {
      if (DASHES.has(position)) position++
      written[position++] = HEX_DIGITS[(value >>> shift) & 15] ?? 0
    }
    return position
  }
  const below = (limit: number) => Math.floor((word() / 4294967296) * limit)
  return {
    next: () => word() / 4294967296,
    below,
    pick(items) {
      const item = items[below(items.length)]
      if (item === undefined) throw new Error('There is nothing to pick from.')
      return item
    },
    guid() {
      let position = 0
      for (let part = 0; part < 4; part++) position = writeDigits(word(), position)
      written.write('4', 14, 'latin1')
      written.write('89ab'[below(4)] ?? '8', 19, 'latin1')
      return written.toString('latin1')
    },
  }
}

/**
 * The same text in one piece of memory, with one byte for each character. JavaScript keeps concatenated text as a tree of its
 * parts, which takes too much memory for millions of scopes and names. Text that is not Latin-1 is returned unchanged.
 */
export function flatString(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const flat = bytes.toString('latin1')
  return flat === text ? flat : text
}

export const GIVEN_NAMES = [
  'Aaliyah',
  'Adrian',
  'Aisha',
  'Alba',
  'Amir',
  'Anouk',
  'Arjun',
  'Astrid',
  'Baran',
  'Beatriz',
  'Cedric',
  'Chloé',
  'Dalia',
  'Darius',
  'Elif',
  'Emil',
  'Esra',
  'Fatima',
  'Felix',
  'Gabriela',
  'Goran',
  'Hassan',
  'Helena',
  'Ibrahim',
  'Isla',
  'Jin',
  'Joana',
  'Kai',
  'Kenza',
  'Laila',
  'Leon',
  'Lucía',
  'Malik',
  'Marta',
  'Minh',
  'Nadia',
  'Nikos',
  'Omar',
  'Paulina',
  'Rania',
  'Rui',
  'Sanne',
  'Sofia',
  'Tariq',
  'Thandiwe',
  'Ulla',
  'Vikram',
  'Wen',
  'Yara',
  'Zeynep',
]
export const FAMILY_NAMES = [
  'Abebe',
  'Andersen',
  'Bakker',
  'Banerjee',
  'Boateng',
  'Cardoso',
  'Chowdhury',
  'Costa',
  'Eriksson',
  'Fischer',
  'Fontaine',
  'García',
  'Georgiou',
  'Haddad',
  'Hoffmann',
  'Ivanova',
  'Jansen',
  'Kaya',
  'Kim',
  'Kovač',
  'Laurent',
  'Lemaire',
  'Lund',
  'Mbeki',
  'Mehta',
  'Morales',
  'Nakamura',
  'Ndiaye',
  'Nowak',
  'O’Connor',
  'Oliveira',
  'Park',
  'Pereira',
  'Quispe',
  'Ribeiro',
  'Romano',
  'Saito',
  'Santos',
  'Schneider',
  'Sharma',
  'Silva',
  'Singh',
  'Suzuki',
  'Takahashi',
  'Torres',
  'Tran',
  'Vega',
  'Weber',
  'Yilmaz',
  'Zhang',
]
