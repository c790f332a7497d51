import { parentPort, workerData } from 'node:worker_threads'
import type { Written } from './write-beside.ts'
import { writeBook } from './write-files.ts'

// What a thread of writeBeside runs.
const { folder, shape } = workerData
const tell = (message: Written) => parentPort?.postMessage(message)
const began = performance.now()
const bar = { to: () => {}, end: () => {} }
const book = writeBook(folder, shape, bar, (day) => tell({ day }))
tell({ book, seconds: Math.round(performance.now() - began) / 1000 })
