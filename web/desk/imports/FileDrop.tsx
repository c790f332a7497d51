import { type DragEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import './imports.css'

type Drop = {
  file: File | null
  /** what the files may be called, as a file chooser takes it */
  accept: string
  how: string
  take: (file: File) => void
}

/** Where a file is dropped, or chosen by key. */
export function FileDrop({ file, accept, how, take }: Drop) {
  const { t } = useTranslation()
  const field = useId()
  const [over, setOver] = useState(false)
  const given = (taken: File | undefined) => {
    if (taken) take(taken)
  }
  const dropped = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    given(event.dataTransfer.files[0])
  }
  return (
    <label
      className={`drop ${over ? 'over' : ''}`}
      htmlFor={field}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <span className="strong">{file ? file.name : t('imports.drop')}</span>
      <span className="soft small">{how}</span>
      <input
        id={field}
        className="only-read"
        type="file"
        accept={accept}
        onChange={(event) => {
          given(event.target.files?.[0])
          // The same file chosen again is a file that was chosen.
          event.target.value = ''
        }}
      />
    </label>
  )
}
