// Reads Parquet files with hyparquet and says what it saw in each column, as
// read.py does:  node read.mjs < paths > summary.json
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

// A Date of JavaScript has no microseconds.
class Day { constructor (n) { this.n = BigInt(n) } }
class Time { constructor (n) { this.n = BigInt(n) } }
const parsers = { dateFromDays: n => new Day(n), timestampFromMicroseconds: n => new Time(n) }

function summary (values) {
  const known = values.filter(v => v !== null && v !== undefined)
  const out = { nulls: values.length - known.length }
  if (known.length === 0 || typeof known[0] === 'string') {
    const h = createHash('md5')
    for (const v of values) h.update(v === null || v === undefined ? 'n\n' : 't' + v + '\n')
    out.text = h.digest('hex')
  } else if (known[0] instanceof Day || known[0] instanceof Time) {
    const sorted = known.map(v => v.n).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    out.least = Number(sorted[0])
    out.greatest = Number(sorted[sorted.length - 1])
  } else if (typeof known[0] === 'bigint') {
    out.sum = Number(known.reduce((a, b) => a + b, 0n))
  } else {
    out.sum = known.reduce((a, b) => a + Number(b), 0)
  }
  return out
}

const out = {}
for (const path of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const rows = await parquetReadObjects({ file, metadata, compressors, parsers })
  const columns = {}
  for (const { name } of metadata.schema.slice(1)) columns[name] = summary(rows.map(r => r[name]))
  out[path] = { rows: rows.length, columns }
}
process.stdout.write(JSON.stringify(out))
