import type { ReactNode } from 'react'

const paths = {
  worklist: <path d="M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01" />,
  search: <path d="m20 20-4.5-4.5M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13Z" />,
  portfolio: <path d="M4 20V10m6 10V4m6 16v-7m4 7H3" />,
  imports: <path d="M12 3v11m0 0 4-4m-4 4-4-4M4 16v4h16v-4" />,
  money: <path d="M3 6h18v12H3zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM6.5 9.5h.01M17.5 14.5h.01" />,
  nights: <path d="M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5Z" />,
  approvals: <path d="M5 4h14v16H5zM9 12l2 2 4-4.5" />,
  conduct: <path d="M12 3 5 6v6c0 4.5 3 7.5 7 9 4-1.5 7-4.5 7-9V6l-7-3Zm-3 9 2.2 2.2L15 10.5" />,
  agencies: <path d="M4 20V8l8-4 8 4v12M2.5 20h19M9 20v-5h6v5M8.5 11h.01M15.5 11h.01M12 9h.01" />,
  staff: (
    <>
      <path d="M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9a6 6 0 0 1 12 0" />
      <path d="M16 4.5a3.5 3.5 0 0 1 0 6.5m2 3a6 6 0 0 1 3 6" />
    </>
  ),
  audit: <path d="M6 3h9l4 4v14H6zM9 12h7M9 16h7M9 8h3" />,
  api: <path d="m8 8-4 4 4 4m8-8 4 4-4 4M13.5 6l-3 12" />,
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof paths

/** A line drawing that goes with a word; never alone. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">
    <g fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round">
      {paths[name]}
    </g>
  </svg>
)
