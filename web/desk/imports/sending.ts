import type { LoadJob } from '#api/book/intake/load'
import { ask, NoConnection, query, Refusal } from '../../ui/client.ts'

export type Sent = { file: File; kind: string; as_of: string; mode: string }

/** How far a file is: on the line, being loaded, or what became of it. */
export type Progress = {
  name: string
  state: 'sending' | LoadJob['state']
  share: number
  job: LoadJob | null
}

/** Sends a file with its progress; fetch does not tell how far a body is. */
function upload({ file, kind, as_of, mode }: Sent, tell: (share: number) => void): Promise<LoadJob> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/api/loads${query({ file_name: file.name, kind, as_of, mode })}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.onprogress = (event) => tell(event.loaded / Math.max(event.total, 1))
    request.onerror = () => failed(new NoConnection())
    request.onload = () => {
      const body = JSON.parse(request.responseText || '{}')
      if (request.status < 300) done(body)
      else failed(new Refusal(request.status, body))
    }
    request.send(file)
  })
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Follows a job until something has become of it. */
export async function follow(
  job: LoadJob,
  name: string,
  tell: (progress: Progress) => void,
): Promise<LoadJob> {
  let now = job
  const at = () => now.bytes / Math.max(now.bytes_in_all, 1)
  while (now.state === 'loading') {
    tell({ name, state: 'loading', share: at(), job: now })
    await wait(400)
    now = await ask<LoadJob>('GET', `/load-jobs/${job.job_id}`)
  }
  tell({ name, state: now.state, share: 1, job: now })
  return now
}

export async function send(sent: Sent, tell: (progress: Progress) => void): Promise<LoadJob> {
  const { name } = sent.file
  tell({ name, state: 'sending', share: 0, job: null })
  const job = await upload(sent, (share) => tell({ name, state: 'sending', share, job: null }))
  return follow(job, name, tell)
}
